// Re-exports zlib.
#pragma once
#include <zlib.h>
