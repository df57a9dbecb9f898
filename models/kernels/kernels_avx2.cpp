#define ARGENT_KERNELS kAvx2Kernels
#define ARGENT_VECTOR_BYTES 32
#define ARGENT_TILE_ROWS 6
#include "models/kernels/vector_loops.inc"
