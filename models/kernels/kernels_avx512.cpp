// The loops for AVX-512: F, CD, BW, DQ, VL, IFMA, VBMI.
namespace argent::kernels {
namespace {

constexpr int kBytes = 64, kTileRows = 12;

}  // namespace
}  // namespace argent::kernels

#include "models/kernels/vector_loops.inc"

namespace argent::kernels {

extern const Kernels kAvx512Kernels = kLoops;

}  // namespace argent::kernels
