// isp/whole_mosaic.h - private: what kernels that read a Bayer mosaic by whole numbers (halide_gen/bayer_kernel.h) are told of a frame.
#pragma once

#include <HalideBuffer.h>

#include <cstdint>
#include <memory>

#include "isp/development.h"
#include "isp/kernel_inputs.h"
#include "isp/mosaic_region.h"
#include "models/runtime/kernel_context.h"

namespace argent {

/// Gains of codes that fill 16 bits, as u16, to light of 16 bits; layer 4 is the ceiling in that light: the middle saturation level, or
/// where highlights are left alone the highest. Light of 1 is as large as the largest gain lets it be: at a gain of 1 where the largest is
/// g, codes of 16 bits keep 16 - log2(g).
struct WholeMesh {
  std::shared_ptr<std::byte> memory;             ///< of the pool
  Halide::Runtime::Buffer<std::uint16_t> gains;  ///< (qx, mesh row, site, or 4)
  float one = 1;                                 ///< whole numbers of light of 1
  float ceiling = 1;                             ///< the highest, of light
};

/// Whole numbers of the largest root (halide_gen/stages/demosaic.h), less what rounding adds.
inline constexpr float kLargestRoot = 21840;

struct WholeMosaic {
  MosaicRegion region;
  Halide::Runtime::Buffer<std::uint16_t> levels{4, 2};
  WideMesh wide;
  WholeMesh mesh;
  float scale = 0, slope = 0, unit = 0, defects = 0;
  int first = 1, code_shift = 0;
};

/// Of roots of light + `lift`. The frame is checked.
WholeMosaic whole_mosaic(BufferPool& pool, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                         const Development& development, Rect area, float lift = 0);

/// Row pairs of strips that are all as high, as many for each thread: of `pairs` at least.
int strip_pairs(int pairs, int threads);

/// The region's height for `pairs` of them, in whole strips of `each`.
int strips_height(int pairs, int each);

/// `above`: rows of quads of the region above the output; `pairs`: of its rows a strip; `more`: what the kernel is told besides, and its
/// outputs.
template <class Kernel, class... More>
void call(Kernel kernel, KernelContext& context, halide_buffer_t* samples, WholeMosaic& in, int above, int pairs, More&&... more) {
  context.check(kernel(&context, samples, in.region.origin.x, in.region.origin.y + 2 * above, in.levels, in.code_shift, in.mesh.gains,
                       in.wide.first, in.wide.step, above, in.scale, in.slope, in.first, in.unit, in.defects, pairs, more...),
                "render");
}

}  // namespace argent
