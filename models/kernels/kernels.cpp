#include "models/kernels/kernels.h"

namespace argent::kernels {

const Kernels& kernels_for(CpuTarget target) {
#if defined(__x86_64__)
  if (target == CpuTarget::kAvx512) return kAvx512Kernels;
  if (target == CpuTarget::kAvx2) return kAvx2Kernels;
#endif
  (void)target;
  return kBaselineKernels;
}

}  // namespace argent::kernels
