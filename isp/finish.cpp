#include "isp/finish.h"

#include <algorithm>

#include "isp/color_space.h"
#include "isp/color_tables.h"
#include "isp/dng_color.h"
#include "isp/tone_curve.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

FinishKernel kernel_of(const FinishForms& forms, PixelType type) {
  return type == PixelType::kU8 ? forms.u8 : type == PixelType::kU16 ? forms.u16 : forms.f32;
}

halide_type_t sample_type(PixelType type) {
  if (type == PixelType::kF32) return {halide_type_float, 32};
  return {halide_type_uint, static_cast<std::uint8_t>(8 * sample_size(type))};
}

/// Highlights keep their own brightness as far as the scale goes, and are not lifted above it.
double peak_of(const Development& development) {
  return development.output.color == ColorSpace::kRec2100Pq ? std::clamp(development.white, 1.0, kPqPeak / kPqWhite) : 1;
}

bool has_own_curve(const Development& development) {
  return development.output.encoding != Encoding::kLinear && development.profile && !development.profile->tone_curve.empty();
}

ToneTable tone_of(const PipelineParams& params, const Development& development) {
  if (has_own_curve(development)) {
    return make_tone_table(ProfileCurve(development.profile->tone_curve));
  }
  return make_tone_table(params.tone, development.output.encoding, development.white, peak_of(development));
}

/// What a profile's tables make of balanced camera color: linear ProPhoto RGB.
LinearPicture tabled(const Kernels& kernels, KernelContext& context, const LinearPicture& picture, const Development& development) {
  const DngProfile& profile = *development.profile;
  const MapInputs hue_sat = inputs_of(hue_sat_at(profile, development.profile_weight), profile.hue_sat_encoding);
  // A look is an opinion, as a curve is: linear pictures have neither.
  const MapInputs look =
      development.output.encoding == Encoding::kLinear ? inputs_of(HueSatTable{}, {}) : inputs_of(profile.look, profile.look_encoding);
  Buffer<float> matrix = buffer_of(multiply(srgb_to_pro_photo(), development.matrix)), linear = picture.pixels,
                hue_sat_table = hue_sat.table, look_table = look.table;
  LinearPicture out = lease_linear(context.pool(), picture.width(), picture.height());
  context.check(
      kernels.color_tables(&context, linear, matrix, hue_sat_table, look_table, hue_sat.kind, look.kind, development.exposure, out.pixels),
      "color_tables");
  return out;
}

}  // namespace

Image finish(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
             const Development& development) {
  const OutputParams& output = development.output;
  Buffer<float> matrix = buffer_of(development.matrix, development.exposure);
  int keeps_hue = 0;
  Mat3 to_output = srgb_to(output.color);
  if (development.profile) {
    picture = tabled(kernels, context, picture, development);
    keeps_hue = has_own_curve(development) ? 1 : 0;
    matrix = buffer_of(keeps_hue != 0 ? kIdentity3 : pro_photo_to_srgb());
    if (keeps_hue != 0) to_output = multiply(to_output, pro_photo_to_srgb());
  }
  Buffer<float> primaries = buffer_of(to_output, output.color == ColorSpace::kRec2100Pq ? static_cast<float>(kPqWhite / kPqPeak) : 1);
  LutInputs lut = inputs_of(output.lut.get());
  ToneTable tone = tone_of(params, development);
  std::vector<float> transfer = make_transfer_table(output.encoding, output.color);
  Buffer<float> curve(tone.values.data(), static_cast<int>(tone.values.size())), codes(transfer.data(), static_cast<int>(transfer.size()));

  Image image(context.pool(), {picture.width(), picture.height()}, output.type, output.encoding, output.color);
  const auto row = static_cast<std::int32_t>(image.stride() / static_cast<std::ptrdiff_t>(sample_size(output.type)));
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, image.width(), 3}, {0, image.height(), row}};
  Buffer<> out(sample_type(output.type), image.data(), 3, shape);
  const int unbounded = output.type == PixelType::kF32 && output.encoding == Encoding::kLinear ? 1 : 0;
  context.check(kernel_of(kernels.finish, output.type)(&context, picture.pixels, matrix, curve, tone.limit, tone.warp, keeps_hue, primaries,
                                                       codes, lut.table, lut.domain, lut.given, unbounded, out),
                "finish");
  return image;
}

}  // namespace argent
