#include "isp/live_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "isp/kernel_inputs.h"
#include "isp/mosaic_region.h"
#include "isp/noise_spectrum.h"
#include "isp/packed_codes.h"
#include "isp/tone_curve.h"
#include "isp/yuv.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

/// Whole numbers of the largest root (stages/demosaic.h), less what rounding adds, and of the largest gain.
constexpr float kLargestRoot = 21840, kLargestGain = 65500;
/// Of the noise of roots where no model is known: what a good sensor shows at its base gain in the shadows. It steers sharpening alone.
constexpr float kUsualNoise = 0.004f;
/// Row pairs of a strip: at most, so that threads end together though one of them is held up; at least, because of five pairs above a strip
/// most is made twice. A quarter of 1080 rows fits.
constexpr int kMostPairs = 136, kLeastPairs = 16;

/// Gains of codes that fill 16 bits, as u16, to light of 16 bits; layer 4 is the ceiling in that light: the middle saturation level, or
/// where highlights are left alone the highest. Light of 1 is as large as the largest gain lets it be: at a gain of 1 where the largest is
/// g, codes of 16 bits keep 16 - log2(g).
struct WholeMesh {
  std::shared_ptr<std::byte> memory;  ///< of the pool
  Buffer<std::uint16_t> gains;        ///< (qx, mesh row, site, or 4)
  float one = 1;                      ///< whole numbers of light of 1
  float ceiling = 1;                  ///< the highest, of light
};

/// Of `count` positive values; in several side by side, which the compiler makes vectors of.
template <class Value>
float largest(std::ptrdiff_t count, const Value& value) {
  constexpr std::ptrdiff_t kLanes = 16;
  std::array<float, kLanes> lanes{};
  std::ptrdiff_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::ptrdiff_t lane = 0; lane < kLanes; lane++) {
      float& most = lanes[static_cast<std::size_t>(lane)];
      most = std::max(most, value(i + lane));
    }
  }
  for (; i < count; i++) lanes[0] = std::max(lanes[0], value(i));
  return *std::max_element(lanes.begin(), lanes.end());
}

/// `ranges`: of each site's codes from black to white, of those that fill 16 bits.
template <class Ceiling>
WholeMesh whole_mesh(BufferPool& pool, const Buffer<float>& mesh, const std::array<float, 4>& ranges, const Ceiling& ceiling) {
  WholeMesh out;
  out.memory = pool.lease(mesh.size_in_bytes() / 4 / sizeof(float) * 5 * sizeof(std::uint16_t));
  out.gains = Buffer<std::uint16_t>(reinterpret_cast<std::uint16_t*>(out.memory.get()), mesh.dim(0).extent(), mesh.dim(1).extent(), 5);
  out.gains.set_min(mesh.dim(0).min(), 0, 0);
  const std::ptrdiff_t nodes = mesh.dim(2).stride();
  const float* gains = mesh.begin();
  const auto gains_of = [&](std::size_t site) { return gains + static_cast<std::ptrdiff_t>(site) * nodes; };
  const auto ceiling_at = [&](std::ptrdiff_t i) { return ceiling(gains[i], gains[nodes + i], gains[3 * nodes + i]); };
  out.ceiling = largest(nodes, ceiling_at);
  float most = 0;  // gain of a shifted code to light of 1
  for (std::size_t s = 0; s < 4; s++) {
    most = std::max(most, largest(nodes, [own = gains_of(s)](std::ptrdiff_t i) { return own[i]; }) / ranges[s]);
  }
  out.one = kLargestGain / 65536 / most;  // no ceiling is higher than what a site's white makes
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): not below 0, and whole vectors at once, which lround is not
  const auto whole = [](float value) { return static_cast<std::uint16_t>(std::min(value + 0.5f, 65535.0f)); };
  std::uint16_t* to = out.gains.begin();
  for (std::size_t s = 0; s < 4; s++) {
    const float by = 65536 * out.one / ranges[s];
    to = std::transform(gains_of(s), gains_of(s) + nodes, to, [&](float gain) { return whole(by * gain); });
  }
  for (std::ptrdiff_t i = 0; i < nodes; i++) to[i] = whole(out.one * ceiling_at(i));
  return out;
}

/// Standard deviation of roots where spectra of noise are measured.
float noise_of_roots(const NoiseModel& model, const Vec3& gains) {
  if (model == NoiseModel{}) return kUsualNoise;
  const RootNoise noise = root_noise(model, gains);
  return 0.5f * std::sqrt(noise.shot + noise.read / RootNoise::kReference);
}

struct LiveInputs {
  MosaicRegion region;
  Buffer<float> matrix, curve;
  Buffer<std::uint16_t> levels{4, 2}, steps{ToneSteps::kSteps, 2};
  WideMesh wide;
  WholeMesh mesh;
  float scale = 0, slope = 0, unit = 0, defects = 0, sharpening = 0, core = 0, limit = 1, warp = 0, top = 1, offset = 0;
  int first = 1, shift = 0, code_shift = 0;
};

std::uint16_t whole_code(float code) { return static_cast<std::uint16_t>(std::lround(std::clamp(code, 0.0f, 65535.0f))); }

/// Codes that clip, and how quickly: of a channel that does not saturate first, none.
void set_clipping(LiveInputs& in, const SensorInfo& sensor, int first, float threshold) {
  constexpr std::array kChannel{0, 1, 1, 2};
  float range = 65535;
  for (int s = 0; s < 4; s++) {
    const auto site = static_cast<std::size_t>(s);
    const float own = sensor.white[site] - sensor.black[site], start = sensor.black[site] + threshold * own;
    const bool clips = kChannel[site] == first;
    in.levels(s, 1) = clips ? whole_code(start) : 65535;
    if (clips) range = std::min(range, std::max(sensor.white[site] - start, 1e-4f * own));
  }
  in.slope = 65535 / range;
  in.first = std::max(first, 0);
}

LiveInputs inputs_of(BufferPool& pool, const RawFrame& frame, const Controls& controls, const PipelineParams& params,
                     const Development& development, Rect area) {
  LiveInputs in;
  const SensorInfo& sensor = frame.sensor;
  in.region = mosaic_region(sensor, area);
  const SiteMesh mesh = with_gain_map(lens_mesh(frame, params, development.cct), controls.gain_map);
  in.wide = widen(pool, mesh, development.gains, frame.size(), in.region.origin, 2, in.region.width / 2);
  const float white = *std::max_element(sensor.white.begin(), sensor.white.end());
  while (in.code_shift < 15 && std::ldexp(white, in.code_shift + 1) <= 65535) in.code_shift++;
  std::array<float, 4> ranges{};
  for (int s = 0; s < 4; s++) {
    const auto site = static_cast<std::size_t>(s);
    in.levels(s, 0) = whole_code(std::ldexp(sensor.black[site], in.code_shift));
    ranges[site] = std::ldexp(sensor.white[site] - sensor.black[site], in.code_shift);
  }
  const int first = first_channel(development, sensor.cfa);
  const auto highest = [](float r, float g, float b) { return std::max({r, g, b}); };
  const auto middle = [](float r, float g, float b) { return std::max(std::min(r, g), std::min(std::max(r, g), b)); };
  in.mesh = first < 0 ? whole_mesh(pool, in.wide.gains, ranges, highest) : whole_mesh(pool, in.wide.gains, ranges, middle);
  in.unit = kLargestRoot / std::sqrt(in.mesh.ceiling);
  in.scale = in.unit / std::sqrt(in.mesh.one);
  set_clipping(in, sensor, first, params.highlights.threshold);
  in.defects = params.defects.strength;
  const OutputParams& output = development.output;
  in.sharpening = output.encoding == Encoding::kLinear ? 0 : params.sharpen.unsharp;
  in.core = noise_of_roots(sensor.noise, development.gains);
  in.matrix = buffer_of(development.matrix, development.exposure / (in.unit * in.unit));
  const ToneCurve tone = make_tone_curve(params.tone, output.encoding, development.white, PixelType::kU8);
  in.limit = tone.limit;
  in.warp = tone.warp;
  const std::vector<float> rounded = with_rounding(tone.values);
  in.curve = Buffer<float>(static_cast<int>(rounded.size()));
  std::copy(rounded.begin(), rounded.end(), in.curve.begin());
  const ToneSteps steps = make_tone_steps(params.tone, output.encoding, development.white);
  std::copy(steps.rise.begin(), steps.rise.end(), std::copy(steps.start.begin(), steps.start.end(), in.steps.begin()));
  in.top = steps.top;
  in.offset = steps.offset;
  in.shift = steps.shift;
  return in;
}

/// `above`: rows of quads of the region above the output; `pairs`: of its rows a strip; `more`: what the kernel is told besides, and its
/// outputs.
template <class Kernel, class... More>
void call(Kernel kernel, KernelContext& context, halide_buffer_t* samples, LiveInputs& in, int above, int pairs, More... more) {
  context.check(kernel(&context, samples, in.region.origin.x, in.region.origin.y + 2 * above, in.levels, in.code_shift, in.mesh.gains,
                       in.wide.first, in.wide.step, above, in.scale, in.slope, in.first, in.unit, in.defects, in.sharpening, in.core,
                       in.matrix, in.curve, in.limit, in.warp, in.steps, in.top, in.offset, in.shift, pairs, more...),
                "render");
}

}  // namespace

bool live_pass_can(const RawFrame& frame, const PipelineParams& params) {
  const OutputParams& output = params.output;
  return is_bayer(frame.sensor.cfa) && params.demosaic.method == "fast" &&
         (output.type == PixelType::kU8 || (output.type == PixelType::kU16 && output.encoding == Encoding::kLinear));
}

namespace {

/// Where the kernel of this picture takes no bytes.
std::optional<RawFrame> unpacked_for(const OutputParams& output, const RawFrame& frame, BufferPool& pool) {
  if (!frame.packed || output.type == PixelType::kU8) return std::nullopt;
  return unpacked(frame, pool);
}

/// As of call().
void run(const Kernels& kernels, KernelContext& context, const RawFrame& frame, LiveInputs& in, int above, int pairs, PixelType type,
         halide_buffer_t* output) {
  if (frame.packed) {
    call(kernels.packed_live, context, bytes_of(frame).sliced(2, 0), in, above, pairs, bits_of(frame.packed->format), frame.size().width,
         output);
  } else {
    call(type == PixelType::kU8 ? kernels.live.u8 : kernels.live.linear16, context, samples_of(frame).sliced(2, 0), in, above, pairs,
         output);
  }
}

int parts(int all, int each) { return (all + each - 1) / each; }

/// Row pairs of strips that are all as high, as many for each thread.
int strip_pairs(int pairs, int threads, int most) {
  return std::clamp(parts(pairs, threads * parts(pairs, threads * most)), std::min(kLeastPairs, pairs), most);
}

/// Rows of `area` alone, which is in the region; `above` as of call().
Image picture_of(const Kernels& kernels, KernelContext& context, const RawFrame& frame, LiveInputs& in, int above, Rect area,
                 const OutputParams& output) {
  MosaicRegion region = in.region;
  const int needed = parts(area.height + region.top, 2), pairs = strip_pairs(needed, context.threads(), kMostPairs);
  region.height = 2 * pairs * parts(needed, pairs);
  RegionImage out = lease_region(context.pool(), region, area, output);
  run(kernels, context, frame, in, above, pairs, output.type, out.region);
  return std::move(out.picture);
}

}  // namespace

Image live_picture(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                   const PipelineParams& params, const Development& development, Rect area) {
  const std::optional<RawFrame> own = unpacked_for(development.output, frame, context.pool());
  const RawFrame& codes = own ? *own : frame;
  LiveInputs in = inputs_of(context.pool(), codes, controls, params, development, area);
  return picture_of(kernels, context, codes, in, 0, area, development.output);
}

void live_bands(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                const PipelineParams& params, const Development& development, Rect area, const BandSink& sink) {
  const std::optional<RawFrame> own = unpacked_for(development.output, frame, context.pool());
  const RawFrame& codes = own ? *own : frame;
  LiveInputs in = inputs_of(context.pool(), codes, controls, params, development, area);
  const int rows = kBandRows - 2 * in.region.top;
  for (int y = 0; y < area.height; y += rows) {
    const Rect band{area.x, area.y + y, area.width, std::min(rows, area.height - y)};
    sink(picture_of(kernels, context, codes, in, y / 2, band, development.output));
  }
}

YuvImage live_video(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const Controls& controls,
                    const PipelineParams& params, const Development& development, Rect area, YuvFormat format) {
  YuvImage out(context.pool(), {area.width & ~1, area.height & ~1}, format);
  const Rect written{area.x, area.y, static_cast<int>(out.stride()), out.height()};
  LiveInputs in = inputs_of(context.pool(), frame, controls, params, development, written);
  auto matrix = yuv_matrix(format);
  const int all = out.height() / 2, pairs = strip_pairs(all, context.threads(), kMostPairs);
  // A strip a call: the last one may be lower, and what follows it is chroma.
  parallel_for(context.pool(), context.threads(), all, pairs, [&](std::int64_t begin, std::int64_t end) {
    const auto first = static_cast<int>(begin), count = static_cast<int>(end - begin);
    KernelContext own(context.pool(), 1);
    YuvRows rows = rows_of(out, first, count);
    auto &red = in.region.top == 0 ? rows.even : rows.odd, &blue = in.region.top == 0 ? rows.odd : rows.even;
    std::array corner{in.region.left, in.region.top};
    Buffer<std::int32_t> begins(corner.data(), 2), coefficients = buffer_of(matrix);
    const auto planes = [&](auto kernel, halide_buffer_t* samples, auto... more) {
      call(kernel, own, samples, in, first, count, begins.raw_buffer(), coefficients.raw_buffer(), more..., red.raw_buffer(),
           blue.raw_buffer(), rows.chroma.raw_buffer());
    };
    if (frame.packed) {
      planes(kernels.packed_live_video, bytes_of(frame).sliced(2, 0), bits_of(frame.packed->format), frame.size().width);
    } else {
      planes(kernels.live_video, samples_of(frame).sliced(2, 0));
    }
  });
  return out;
}

}  // namespace argent
