#include "isp/kernels.h"

#include "argent_measure_bayer_baseline.h"
#include "argent_measure_packed_bayer_baseline.h"
#include "argent_measure_packed_planes_baseline.h"
#include "argent_measure_planes_baseline.h"
#include "argent_render_bayer_linear_baseline.h"
#include "argent_render_bayer_u16_baseline.h"
#include "argent_render_bayer_u8_baseline.h"
#include "argent_render_best_bayer_linear_baseline.h"
#include "argent_render_best_bayer_u16_baseline.h"
#include "argent_render_best_bayer_u8_baseline.h"
#include "argent_render_packed_bayer_linear_baseline.h"
#include "argent_render_packed_bayer_u16_baseline.h"
#include "argent_render_packed_bayer_u8_baseline.h"
#include "argent_render_packed_best_bayer_linear_baseline.h"
#include "argent_render_packed_best_bayer_u16_baseline.h"
#include "argent_render_packed_best_bayer_u8_baseline.h"
#include "argent_render_packed_planes_linear_baseline.h"
#include "argent_render_packed_planes_u16_baseline.h"
#include "argent_render_packed_planes_u8_baseline.h"
#include "argent_render_planes_linear_baseline.h"
#include "argent_render_planes_u16_baseline.h"
#include "argent_render_planes_u8_baseline.h"
#include "argent_resize_u16_baseline.h"
#include "argent_resize_u8_baseline.h"
#include "argent_yuv_baseline.h"
#if defined(__x86_64__)
#include "argent_measure_bayer_avx2.h"
#include "argent_measure_bayer_avx512.h"
#include "argent_measure_packed_bayer_avx2.h"
#include "argent_measure_packed_bayer_avx512.h"
#include "argent_measure_packed_planes_avx2.h"
#include "argent_measure_packed_planes_avx512.h"
#include "argent_measure_planes_avx2.h"
#include "argent_measure_planes_avx512.h"
#include "argent_render_bayer_linear_avx2.h"
#include "argent_render_bayer_linear_avx512.h"
#include "argent_render_bayer_u16_avx2.h"
#include "argent_render_bayer_u16_avx512.h"
#include "argent_render_bayer_u8_avx2.h"
#include "argent_render_bayer_u8_avx512.h"
#include "argent_render_best_bayer_linear_avx2.h"
#include "argent_render_best_bayer_linear_avx512.h"
#include "argent_render_best_bayer_u16_avx2.h"
#include "argent_render_best_bayer_u16_avx512.h"
#include "argent_render_best_bayer_u8_avx2.h"
#include "argent_render_best_bayer_u8_avx512.h"
#include "argent_render_packed_bayer_linear_avx2.h"
#include "argent_render_packed_bayer_linear_avx512.h"
#include "argent_render_packed_bayer_u16_avx2.h"
#include "argent_render_packed_bayer_u16_avx512.h"
#include "argent_render_packed_bayer_u8_avx2.h"
#include "argent_render_packed_bayer_u8_avx512.h"
#include "argent_render_packed_best_bayer_linear_avx2.h"
#include "argent_render_packed_best_bayer_linear_avx512.h"
#include "argent_render_packed_best_bayer_u16_avx2.h"
#include "argent_render_packed_best_bayer_u16_avx512.h"
#include "argent_render_packed_best_bayer_u8_avx2.h"
#include "argent_render_packed_best_bayer_u8_avx512.h"
#include "argent_render_packed_planes_linear_avx2.h"
#include "argent_render_packed_planes_linear_avx512.h"
#include "argent_render_packed_planes_u16_avx2.h"
#include "argent_render_packed_planes_u16_avx512.h"
#include "argent_render_packed_planes_u8_avx2.h"
#include "argent_render_packed_planes_u8_avx512.h"
#include "argent_render_planes_linear_avx2.h"
#include "argent_render_planes_linear_avx512.h"
#include "argent_render_planes_u16_avx2.h"
#include "argent_render_planes_u16_avx512.h"
#include "argent_render_planes_u8_avx2.h"
#include "argent_render_planes_u8_avx512.h"
#include "argent_resize_u16_avx2.h"
#include "argent_resize_u16_avx512.h"
#include "argent_resize_u8_avx2.h"
#include "argent_resize_u8_avx512.h"
#include "argent_yuv_avx2.h"
#include "argent_yuv_avx512.h"
#endif

namespace argent {
namespace {

constexpr Kernels kBaseline{
    .bayer = {argent_render_bayer_u8_baseline, argent_render_bayer_u16_baseline, argent_render_bayer_linear_baseline},
    .best_bayer = {argent_render_best_bayer_u8_baseline, argent_render_best_bayer_u16_baseline, argent_render_best_bayer_linear_baseline},
    .planes = {argent_render_planes_u8_baseline, argent_render_planes_u16_baseline, argent_render_planes_linear_baseline},
    .packed_bayer = {argent_render_packed_bayer_u8_baseline, argent_render_packed_bayer_u16_baseline,
                     argent_render_packed_bayer_linear_baseline},
    .packed_best_bayer = {argent_render_packed_best_bayer_u8_baseline, argent_render_packed_best_bayer_u16_baseline,
                          argent_render_packed_best_bayer_linear_baseline},
    .packed_planes = {argent_render_packed_planes_u8_baseline, argent_render_packed_planes_u16_baseline,
                      argent_render_packed_planes_linear_baseline},
    .resize_u8 = argent_resize_u8_baseline,
    .resize_u16 = argent_resize_u16_baseline,
    .yuv = argent_yuv_baseline,
    .measure_bayer = argent_measure_bayer_baseline,
    .measure_planes = argent_measure_planes_baseline,
    .measure_packed_bayer = argent_measure_packed_bayer_baseline,
    .measure_packed_planes = argent_measure_packed_planes_baseline,
};

#if defined(__x86_64__)
constexpr Kernels kAvx2{
    .bayer = {argent_render_bayer_u8_avx2, argent_render_bayer_u16_avx2, argent_render_bayer_linear_avx2},
    .best_bayer = {argent_render_best_bayer_u8_avx2, argent_render_best_bayer_u16_avx2, argent_render_best_bayer_linear_avx2},
    .planes = {argent_render_planes_u8_avx2, argent_render_planes_u16_avx2, argent_render_planes_linear_avx2},
    .packed_bayer = {argent_render_packed_bayer_u8_avx2, argent_render_packed_bayer_u16_avx2, argent_render_packed_bayer_linear_avx2},
    .packed_best_bayer = {argent_render_packed_best_bayer_u8_avx2, argent_render_packed_best_bayer_u16_avx2,
                          argent_render_packed_best_bayer_linear_avx2},
    .packed_planes = {argent_render_packed_planes_u8_avx2, argent_render_packed_planes_u16_avx2, argent_render_packed_planes_linear_avx2},
    .resize_u8 = argent_resize_u8_avx2,
    .resize_u16 = argent_resize_u16_avx2,
    .yuv = argent_yuv_avx2,
    .measure_bayer = argent_measure_bayer_avx2,
    .measure_planes = argent_measure_planes_avx2,
    .measure_packed_bayer = argent_measure_packed_bayer_avx2,
    .measure_packed_planes = argent_measure_packed_planes_avx2,
};

constexpr Kernels kAvx512{
    .bayer = {argent_render_bayer_u8_avx512, argent_render_bayer_u16_avx512, argent_render_bayer_linear_avx512},
    .best_bayer = {argent_render_best_bayer_u8_avx512, argent_render_best_bayer_u16_avx512, argent_render_best_bayer_linear_avx512},
    .planes = {argent_render_planes_u8_avx512, argent_render_planes_u16_avx512, argent_render_planes_linear_avx512},
    .packed_bayer = {argent_render_packed_bayer_u8_avx512, argent_render_packed_bayer_u16_avx512, argent_render_packed_bayer_linear_avx512},
    .packed_best_bayer = {argent_render_packed_best_bayer_u8_avx512, argent_render_packed_best_bayer_u16_avx512,
                          argent_render_packed_best_bayer_linear_avx512},
    .packed_planes = {argent_render_packed_planes_u8_avx512, argent_render_packed_planes_u16_avx512,
                      argent_render_packed_planes_linear_avx512},
    .resize_u8 = argent_resize_u8_avx512,
    .resize_u16 = argent_resize_u16_avx512,
    .yuv = argent_yuv_avx512,
    .measure_bayer = argent_measure_bayer_avx512,
    .measure_planes = argent_measure_planes_avx512,
    .measure_packed_bayer = argent_measure_packed_bayer_avx512,
    .measure_packed_planes = argent_measure_packed_planes_avx512,
};

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

}  // namespace argent
