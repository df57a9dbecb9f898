#include "isp/correct.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "isp/bad_pixels.h"
#include "isp/kernel_inputs.h"
#include "isp/line_noise.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

template <class T>
using Buffer = Halide::Runtime::Buffer<T>;

bool is_mosaic(const RawFrame& frame) { return samples_per_pixel(frame.sensor.cfa) == 1; }

bool has_bad_pixel_opcodes(const RawFrame& frame) {
  if (!frame.opcodes) return false;
  const auto about_bad_pixels = [&](const DngOpcode& opcode) {
    if (!can_replace_pixels(frame.sensor.cfa) && is_optional(opcode)) return false;
    return std::holds_alternative<FixBadPixelsConstant>(opcode.parameters) || std::holds_alternative<FixBadPixelsList>(opcode.parameters);
  };
  return std::any_of(frame.opcodes->raw.begin(), frame.opcodes->raw.end(), about_bad_pixels);
}

bool needs_kernel(const PipelineParams& params) {
  return params.dark || params.green_balance.strength > 0 || params.line_noise.rows > 0 || params.line_noise.columns > 0;
}

bool has_bad_pixels(const RawFrame& frame, const PipelineParams& params) {
  return !params.bad_pixels.empty() || has_bad_pixel_opcodes(frame) || (params.dark && !params.dark->hot.empty());
}

std::string_view name_of(CfaPattern cfa) {
  constexpr std::array<std::string_view, 7> kNames{"rggb", "grbg", "gbrg", "bggr", "monochrome", "xtrans", "rgb"};
  return kNames[static_cast<std::size_t>(cfa)];
}

void check_fit(const DarkFrame& dark, const RawFrame& frame) {
  if (dark.size == frame.size() && dark.cfa == frame.sensor.cfa) return;
  throw Error("the dark frame is " + to_text(dark.size) + " " + std::string(name_of(dark.cfa)) + ", the frame " + to_text(frame.size()) +
              " " + std::string(name_of(frame.sensor.cfa)));
}

/// Codes of a line to take away, as the kernel reads them: (line, parity).
Buffer<float> offsets_of(const RawFrame& frame, const DarkFrame* dark, LineAxis axis, float strength) {
  const int lines = axis == LineAxis::kRows ? frame.size().height : frame.size().width;
  Buffer<float> out(lines, 2);
  std::fill_n(out.data(), out.number_of_elements(), 0.0f);
  if (strength <= 0) return out;
  const auto offsets = line_offsets(frame, dark, axis);
  for (int line = 0; line < lines; line++) {
    for (int parity = 0; parity < 2; parity++)
      out(line, parity) = strength * offsets[static_cast<std::size_t>(line)][static_cast<std::size_t>(parity)];
  }
  return out;
}

/// Levels by the parity of column and row. Of X-Trans the least for all: what may be clipped stays as it is.
Buffer<float> by_parity(const std::array<float, 4>& levels, const SensorInfo& sensor) {
  Buffer<float> out(2, 2);
  std::fill_n(out.data(), out.number_of_elements(),
              sensor.cfa == CfaPattern::kMonochrome ? levels[0] : *std::min_element(levels.begin(), levels.end()));
  for (int y = 0; y < 2 && is_bayer(sensor.cfa); y++) {
    for (int x = 0; x < 2; x++) out(x, y) = levels[static_cast<std::size_t>(site_of(sensor, x, y))];
  }
  return out;
}

/// Codes out a code in, a power of two: 16 bits have room for fractions, which the subtractions leave.
float largest_scale(const SensorInfo& sensor) {
  const float white = *std::max_element(sensor.white.begin(), sensor.white.end());
  constexpr float kMost = 256;
  float scale = 1;
  while (scale < kMost && white * scale * 2 <= 65535) scale *= 2;
  return scale;
}

RawFrame run(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const PipelineParams& params) {
  const Size size = frame.size();
  const DarkFrame* dark = params.dark.get();
  RawFrame out = share(frame);
  const float scale = largest_scale(frame.sensor);
  const auto block =
      context.pool().lease(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * sizeof(std::uint16_t));
  Buffer<std::uint16_t> codes(reinterpret_cast<std::uint16_t*>(block.get()), size.width, size.height);

  float none = 0;
  const halide_dimension_t nowhere[2]{{0, size.width, 0}, {0, size.height, 0}},
      everywhere[2]{{0, size.width, 1}, {0, size.height, size.width}};
  Buffer<float> excess(dark != nullptr ? const_cast<float*>(dark->excess.data()) : &none, 2, dark != nullptr ? everywhere : nowhere);
  Buffer<float> rows = offsets_of(frame, dark, LineAxis::kRows, params.line_noise.rows);
  Buffer<float> columns = offsets_of(frame, dark, LineAxis::kColumns, params.line_noise.columns);
  Buffer<float> black = by_parity(frame.sensor.black, frame.sensor), white = by_parity(frame.sensor.white, frame.sensor);
  const float balance = is_bayer(frame.sensor.cfa) ? params.green_balance.strength : 0;
  const int green = site_of(frame.sensor, 0, 0) == 0 || site_of(frame.sensor, 0, 0) == 3 ? 1 : 0;
  context.check(kernels.correct(&context, samples_of(frame).sliced(2, 0), excess, rows, columns, black, white, green, balance,
                                params.green_balance.threshold, scale, codes),
                "correct");

  out.lease = block;
  out.data = codes.data();
  out.stride = size.width;
  for (float& level : out.sensor.black) level *= scale;
  for (float& level : out.sensor.white) level *= scale;
  out.sensor.bits = 16;
  return out;
}

}  // namespace

bool needs_correction(const RawFrame& frame, const PipelineParams& params) {
  if (frame.corrected) return false;
  if (!is_mosaic(frame)) return params.dark || has_bad_pixel_opcodes(frame);
  return needs_kernel(params) || has_bad_pixels(frame, params);
}

RawFrame correct(const Kernels& kernels, KernelContext& context, const RawFrame& frame, const PipelineParams& params) {
  if (!needs_correction(frame, params)) return share(frame);
  if (!is_mosaic(frame)) throw Error("dark frames and bad pixels are a mosaic's, the frame has three samples a pixel");
  if (params.dark) check_fit(*params.dark, frame);
  const RawFrame source = unpacked(frame, context.pool());
  BadPixels bad(frame.sensor);
  for (PixelPlace place : params.bad_pixels) bad.mark(place);
  if (params.dark) {
    for (PixelPlace place : params.dark->hot) bad.mark(place);
  }
  if (has_bad_pixel_opcodes(frame)) mark_opcodes(bad, *frame.opcodes, source.data, source.stride);

  RawFrame out = needs_kernel(params) ? run(kernels, context, source, params)
                 : frame.packed       ? share(source)
                                      : copied(source, context.pool());
  if (!bad.empty()) bad.replace(const_cast<std::uint16_t*>(out.data), out.stride);  // of our own memory, made a line above
  out.corrected = true;
  return out;
}

}  // namespace argent
