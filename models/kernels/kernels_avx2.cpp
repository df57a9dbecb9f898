// The loops for AVX2, FMA and F16C.
namespace argent::kernels {
namespace {

constexpr int kBytes = 32, kTileRows = 6;

}  // namespace
}  // namespace argent::kernels

#include "models/kernels/vector_loops.inc"

namespace argent::kernels {

extern const Kernels kAvx2Kernels = kLoops;

}  // namespace argent::kernels
