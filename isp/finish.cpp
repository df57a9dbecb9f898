#include "isp/finish.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "isp/black_point.h"
#include "isp/color_space.h"
#include "isp/color_tables.h"
#include "isp/dng_color.h"
#include "isp/tone_curve.h"

namespace argent {
namespace {

using Halide::Runtime::Buffer;

constexpr std::string_view kProPhoto = "prophoto";

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

/// What the kernel is told of colors.
struct Color {
  LinearPicture picture;
  Mat3 matrix = kIdentity3;         ///< to the curve's primaries, with the exposure
  Mat3 to_output = kIdentity3;      ///< from them
  Vec3 luminance = kSrgbLuminance;  ///< of them; what camera color without a matrix gets is near enough
  std::string_view space = "srgb";  ///< theirs
  int keeps_hue = 0;
};

Color color_of(const Kernels& kernels, KernelContext& context, LinearPicture picture, const Development& development) {
  Color out;
  out.to_output = srgb_to(development.output.color);
  if (development.output.color == ColorSpace::kCamera) out.space = name_of(ColorSpace::kCamera);
  if (!development.profile) {
    out.matrix = development.matrix;
    for (float& v : out.matrix) v *= development.exposure;
    out.picture = std::move(picture);
    return out;
  }
  out.picture = tabled(kernels, context, picture, development);
  if (!has_own_curve(development)) {
    out.matrix = pro_photo_to_srgb();
    return out;
  }
  out.keeps_hue = 1;
  out.to_output = multiply(out.to_output, pro_photo_to_srgb());
  const Mat3 to_srgb = pro_photo_to_srgb();
  out.luminance = {};
  for (std::size_t i = 0; i < 9; i++) out.luminance[i % 3] += kSrgbLuminance[i / 3] * to_srgb[i];
  out.space = kProPhoto;
  return out;
}

/// What the kernel is told of the picture that is wanted.
struct Target {
  PixelType type = PixelType::kU8;
  Encoding encoding = Encoding::kSrgb;
  ColorSpace space = ColorSpace::kSrgb;
  Mat3 primaries = kIdentity3;
  float black = 0;
  const Lut3d* lut = nullptr;
};

Target target_of(const Color& color, const PipelineParams& params, const Development& development) {
  const OutputParams& output = development.output;
  const float black = wants_black_point(params) ? black_point(color.picture, color.matrix, color.luminance, params.tone.black) : 0;
  return {output.type, output.encoding, output.color, color.to_output, black, output.lut.get()};
}

/// Whether one curve leads from the matrix to the codes.
bool is_direct(const Color& color, const Target& target, const Development& development) {
  return target.type == PixelType::kU8 && color.keeps_hue == 0 && !has_own_curve(development) && target.primaries == kIdentity3 &&
         (target.space == ColorSpace::kSrgb || target.space == ColorSpace::kCamera) && target.lut == nullptr;
}

DirectCurves curves_of(const PipelineParams& params, const Development& development) {
  return direct_curves(params.tone, development.output.encoding, development.white, kFineToneDegree);
}

/// (channel, x, y)
Buffer<> samples_of(Image& image) {
  const auto row = static_cast<std::int32_t>(image.stride() / static_cast<std::ptrdiff_t>(sample_size(image.type())));
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, image.width(), 3}, {0, image.height(), row}};
  return Buffer<>(sample_type(image.type()), image.data(), 3, shape);
}

/// Gains of the whole picture, and where the part of it begins that is to be finished.
struct BandGains {
  const LocalGains* gains = nullptr;  ///< nullptr: the picture has them already, or none
  int first_row = 0;
};

Image run_direct(const Kernels& kernels, KernelContext& context, const Color& color, const Target& target, const PipelineParams& params,
                 const Development& development, const BandGains& local) {
  const LinearPicture& picture = color.picture;
  Buffer<float> linear = picture.pixels, matrix = buffer_of(color.matrix), luminance(3);
  std::copy(color.luminance.begin(), color.luminance.end(), luminance.data());
  ToneCurve tone = curves_of(params, development).polynomial;
  Buffer<float> curve(tone.values.data(), static_cast<int>(tone.values.size()));
  Image image(context.pool(), {picture.width(), picture.height()}, target.type, target.encoding, target.space);
  Buffer<> out = samples_of(image);
  if (local.gains == nullptr) {
    context.check(kernels.finish_direct(&context, linear, matrix, luminance, target.black, curve, tone.limit, tone.warp, out), "finish");
    return image;
  }
  LocalGains gains = *local.gains;  // Halide has no type for read-only input
  context.check(kernels.finish_local(&context, linear, matrix, luminance, target.black, curve, tone.limit, tone.warp, gains.luma,
                                     gains.coefficients, gains.table, gains.units, gains.block, local.first_row, out),
                "finish");
  return image;
}

Image run(const Kernels& kernels, KernelContext& context, const Color& color, const Target& target, const PipelineParams& params,
          const Development& development, const BandGains& local = {}) {
  if (is_direct(color, target, development)) return run_direct(kernels, context, color, target, params, development, local);
  const LinearPicture& picture = color.picture;
  Buffer<float> linear = picture.pixels, matrix = buffer_of(color.matrix), luminance(3);
  std::copy(color.luminance.begin(), color.luminance.end(), luminance.data());
  Buffer<float> primaries =
      buffer_of(target.primaries, target.space == ColorSpace::kRec2100Pq ? static_cast<float>(kPqWhite / kPqPeak) : 1);
  LutInputs lut = inputs_of(target.lut);
  ToneTable tone = tone_of(params, development);
  std::vector<float> transfer = make_transfer_table(target.encoding, target.space);
  Buffer<float> curve(tone.values.data(), static_cast<int>(tone.values.size())), codes(transfer.data(), static_cast<int>(transfer.size()));

  Image image(context.pool(), {picture.width(), picture.height()}, target.type, target.encoding, target.space);
  Buffer<> out = samples_of(image);
  const int unbounded = target.type == PixelType::kF32 && target.encoding == Encoding::kLinear ? 1 : 0;
  context.check(kernel_of(kernels.finish, target.type)(&context, linear, matrix, luminance, target.black, curve, tone.limit, tone.warp,
                                                       color.keeps_hue, primaries, codes, lut.table, lut.domain, lut.given, unbounded, out),
                "finish");
  return image;
}

/// What the kernel does before its curve, and before the LUT, from the same kernel with the rest left out.
void show(const Kernels& kernels, KernelContext& context, const Color& color, const Target& target, const PipelineParams& params,
          const Development& development, const StageTap& tap) {
  if (development.profile) {
    tap.show(RenderStage::kProfileTables, kProPhoto, color.picture);
  } else {
    tap.leave_out(RenderStage::kProfileTables, "no DNG profile with tables");
  }
  Target linear{.type = PixelType::kF32, .encoding = Encoding::kLinear, .space = ColorSpace::kSrgb, .primaries = kIdentity3};
  if (color.keeps_hue != 0) {
    tap.leave_out(RenderStage::kColor, "the profile's tables hold it");
  } else {
    tap.show_light(RenderStage::kColor, color.space, run(kernels, context, color, linear, params, development));
  }
  linear.black = target.black;
  if (target.black > 0) {
    tap.show_light(RenderStage::kBlackPoint, color.space, run(kernels, context, color, linear, params, development));
  } else {
    tap.leave_out(RenderStage::kBlackPoint, params.tone.black > 0 ? "the darkest pixels are black" : "tone.black is 0");
  }
  Target ungraded = target;
  ungraded.lut = nullptr;
  if (target.lut != nullptr) {
    tap.show(RenderStage::kUngraded, run(kernels, context, color, ungraded, params, development));
  } else {
    tap.leave_out(RenderStage::kUngraded, "no 3D LUT");
  }
}

/// What run() is told; the gains are in the picture then, unless its last kernel can give them.
struct Prepared {
  Color color;
  Target target;
};

Prepared prepared(const Kernels& kernels, KernelContext& context, LinearPicture picture, std::optional<LocalGains>& gains,
                  const PipelineParams& params, const Development& development) {
  const auto give = [&](LinearPicture& to) {
    if (gains) to = with_gains(kernels, context, std::move(to), *gains);
    gains.reset();
  };
  if (development.profile || wants_black_point(params)) give(picture);  // tables and black point are of what has them
  Color color = color_of(kernels, context, std::move(picture), development);
  const Target target = target_of(color, params, development);
  if (!is_direct(color, target, development)) give(color.picture);
  return {std::move(color), target};
}

}  // namespace

bool wants_black_point(const PipelineParams& params) { return params.tone.black > 0 && params.output.encoding != Encoding::kLinear; }

Image finish(const Kernels& kernels, KernelContext& context, LinearPicture picture, std::optional<LocalGains> gains,
             const PipelineParams& params, const Development& development, const StageTap& tap) {
  const auto [color, target] = prepared(kernels, context, std::move(picture), gains, params, development);
  if (tap.open()) show(kernels, context, color, target, params, development, tap);
  return run(kernels, context, color, target, params, development, {gains ? &*gains : nullptr, 0});
}

void finish_in_bands(const Kernels& kernels, KernelContext& context, LinearPicture picture, std::optional<LocalGains> gains,
                     const PipelineParams& params, const Development& development, const BandSink& sink) {
  auto [color, target] = prepared(kernels, context, std::move(picture), gains, params, development);
  const Halide::Runtime::Buffer<float> whole = color.picture.pixels;
  for (int y = 0; y < whole.height(); y += kBandRows) {
    color.picture.pixels = whole.cropped(1, y, std::min(kBandRows, whole.height() - y));
    color.picture.pixels.set_min(0, 0, 0);
    sink(run(kernels, context, color, target, params, development, {gains ? &*gains : nullptr, y}));
  }
}

void show_color(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
                const Development& development, const StageTap& tap) {
  if (!tap.open()) return;
  const Color color = color_of(kernels, context, std::move(picture), development);
  show(kernels, context, color, target_of(color, params, development), params, development, tap);
}

}  // namespace argent
