// Re-exports zstd.
#pragma once
#include <zstd.h>
