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

ToneTable tone_of(const PipelineParams& params, const Development& development) {
  if (development.profile && !development.profile->tone_curve.empty() && development.output.encoding != Encoding::kLinear) {
    return make_tone_table(ProfileCurve(development.profile->tone_curve));
  }
  return make_tone_table(params.tone, development.output.encoding, development.white, peak_of(development));
}

/// All that the kernel is told.
struct Inputs {
  Buffer<float> matrix, working, primaries;
  MapInputs hue_sat, look;
  int tabled = 0, keeps_hue = 0;
};

Inputs inputs_of(const Development& development) {
  const OutputParams& output = development.output;
  Inputs in{buffer_of(development.matrix, development.exposure),
            buffer_of(kIdentity3),
            {},
            inputs_of(HueSatTable{}, {}),
            inputs_of(HueSatTable{}, {})};
  const float scale = output.color == ColorSpace::kRec2100Pq ? static_cast<float>(kPqWhite / kPqPeak) : 1;
  in.primaries = buffer_of(srgb_to(output.color), scale);
  if (!development.profile) return in;
  const DngProfile& profile = *development.profile;
  const bool linear = output.encoding == Encoding::kLinear;
  in.tabled = 1;
  in.matrix = buffer_of(multiply(srgb_to_pro_photo(), development.matrix));
  in.hue_sat = inputs_of(hue_sat_at(profile, development.profile_weight), profile.hue_sat_encoding);
  // A look is an opinion, as a curve is: linear pictures have neither.
  if (!linear) in.look = inputs_of(profile.look, profile.look_encoding);
  if (!linear && !profile.tone_curve.empty()) {
    in.keeps_hue = 1;
    in.primaries = buffer_of(multiply(srgb_to(output.color), pro_photo_to_srgb()), scale);
  } else {
    in.working = buffer_of(pro_photo_to_srgb());
  }
  return in;
}

}  // namespace

Image finish(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
             const Development& development) {
  const OutputParams& output = development.output;
  Inputs in = inputs_of(development);
  LutInputs lut = inputs_of(output.lut.get());
  ToneTable tone = tone_of(params, development);
  std::vector<float> transfer = make_transfer_table(output.encoding, output.color);
  Buffer<float> curve(tone.values.data(), static_cast<int>(tone.values.size())), codes(transfer.data(), static_cast<int>(transfer.size()));

  Image image(context.pool(), {picture.width(), picture.height()}, output.type, output.encoding, output.color);
  const auto row = static_cast<std::int32_t>(image.stride() / static_cast<std::ptrdiff_t>(sample_size(output.type)));
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, image.width(), 3}, {0, image.height(), row}};
  Buffer<> out(sample_type(output.type), image.data(), 3, shape);
  const int unbounded = output.type == PixelType::kF32 && output.encoding == Encoding::kLinear ? 1 : 0;
  context.check(
      kernel_of(kernels.finish, output.type)(&context, picture.pixels, in.matrix, in.hue_sat.table, in.look.table, in.hue_sat.kind,
                                             in.look.kind, development.exposure, in.working, in.tabled, curve, tone.limit, tone.warp,
                                             in.keeps_hue, in.primaries, codes, lut.table, lut.domain, lut.given, unbounded, out),
      "finish");
  return image;
}

}  // namespace argent
