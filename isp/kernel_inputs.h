// isp/kernel_inputs.h - private: what measure and render both tell a kernel about a frame.
#pragma once

#include <HalideBuffer.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "isp/controls.h"
#include "isp/frame.h"
#include "isp/highlight_colors.h"
#include "isp/pipeline_params.h"
#include "isp/site_mesh.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// Offset from the active array's corner to the first R site of a Bayer mosaic at or before it, 0 or -1 each; to the first phase (0, 0) of
/// X-Trans, 0 to -5.
struct Phase {
  int x = 0, y = 0;
};
Phase phase_of(const SensorInfo& sensor);
/// Pixels after which a mosaic repeats itself: 2, 6, or 1.
int period_of(CfaPattern cfa);

/// Index into SensorInfo's levels of pixel (x, y) of the active array; without a mosaic 0.
int site_of(const SensorInfo& sensor, int x, int y);

/// Throws Error when the frame contradicts itself.
void check(const RawFrame& frame);

/// (x, y, channel) view of the codes; monochrome repeats its channel. Not for packed frames.
Halide::Runtime::Buffer<std::uint16_t> samples_of(const RawFrame& frame);

/// (i, y, 1) view of the bytes of a packed frame, without padding.
Halide::Runtime::Buffer<std::uint8_t> bytes_of(const RawFrame& frame);

/// (site, 0 black / 1 scale / 2 code of saturation / 3 codes below it are dark / 4 light of code 0)
Halide::Runtime::Buffer<float> levels_of(const SensorInfo& sensor);

/// A mesh made as wide as the kernel's region, times gains, with the map from kernel rows to mesh rows.
struct WideMesh {
  std::shared_ptr<std::byte> memory;     ///< of the pool
  Halide::Runtime::Buffer<float> gains;  ///< (x, mesh row, site), borders included
  float first = 0, step = 0;
};

/// `origin` and `step`: the kernel's column i covers pixels origin.x + i * step ... + step - 1 of the active array.
WideMesh widen(BufferPool& pool, const SiteMesh& mesh, const Vec3& gains, Size active, Phase origin, int step, int columns);

/// Weights of highlights, likewise; as they are.
WideMesh widen_weights(BufferPool& pool, const HighlightColors& colors, Size active, Phase origin, int step, int columns);

/// The same of R, G, B, the greens' mean: what statistics and X-Trans need.
WideMesh widen_channels(BufferPool& pool, const SiteMesh& mesh, const Vec3& gains, Size active, Phase origin, int step, int columns);

}  // namespace argent
