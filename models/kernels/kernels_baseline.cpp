// The loops for machines without AVX2: SSE2, or the vectors of AArch64.
namespace argent::kernels {
namespace {

constexpr int kBytes = 16;
#if defined(__x86_64__)
constexpr int kTileRows = 4;
#else
constexpr int kTileRows = 9;  // twice as many registers
#endif

}  // namespace
}  // namespace argent::kernels

#include "models/kernels/vector_loops.inc"

namespace argent::kernels {

extern const Kernels kBaselineKernels = kLoops;

}  // namespace argent::kernels
