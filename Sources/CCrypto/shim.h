// Re-exports the part of libcrypto that digests and chain hashes need.
#pragma once
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
