// Re-exports libsodium.
#pragma once
#include <sodium.h>
