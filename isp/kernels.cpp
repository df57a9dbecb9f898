#include "isp/kernels.h"

#include "argent_kernel_table.h"

namespace argent {
namespace {

constexpr StageKernels kStages = argent_stage_kernels<StageKernels>();
constexpr Kernels kBaseline = argent_kernels_baseline<Kernels>();
#if defined(__x86_64__)
constexpr Kernels kAvx2 = argent_kernels_avx2<Kernels>();
constexpr Kernels kAvx512 = argent_kernels_avx512<Kernels>();
#endif

}  // namespace

const Kernels& kernels_for(CpuTarget target) {
#if defined(__x86_64__)
  if (target == CpuTarget::kAvx512) return kAvx512;
  if (target == CpuTarget::kAvx2) return kAvx2;
#endif
  (void)target;
  return kBaseline;
}

const StageKernels& stage_kernels() { return kStages; }

}  // namespace argent
