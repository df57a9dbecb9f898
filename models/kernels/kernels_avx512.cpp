#define ARGENT_KERNELS kAvx512Kernels
#define ARGENT_VECTOR_BYTES 64
#define ARGENT_TILE_ROWS 12
#include "models/kernels/vector_loops.inc"
