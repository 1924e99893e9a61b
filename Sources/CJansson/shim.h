// Re-exports jansson.
#pragma once
#include <jansson.h>
