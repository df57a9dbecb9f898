#define ARGENT_KERNELS kBaselineKernels
#define ARGENT_VECTOR_BYTES 16
#if defined(__x86_64__)
#define ARGENT_TILE_ROWS 4
#else
#define ARGENT_TILE_ROWS 9
#endif
#include "models/kernels/vector_loops.inc"
