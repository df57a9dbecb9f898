#include "isp/finish.h"

#include "isp/tone_curve.h"

namespace argent {
namespace {

FinishKernel kernel_of(const FinishForms& forms, PixelType type) {
  return type == PixelType::kU8 ? forms.u8 : type == PixelType::kU16 ? forms.u16 : forms.f32;
}

halide_type_t sample_type(PixelType type) {
  if (type == PixelType::kF32) return {halide_type_float, 32};
  return {halide_type_uint, static_cast<std::uint8_t>(8 * sample_size(type))};
}

}  // namespace

Image finish(const Kernels& kernels, KernelContext& context, LinearPicture picture, const PipelineParams& params,
             const Development& development) {
  using Halide::Runtime::Buffer;
  const OutputParams& output = development.output;
  Buffer<float> matrix = buffer_of(development.matrix, development.exposure), primaries = buffer_of(kIdentity3);
  ToneTable tone = make_tone_table(params.tone, output.encoding, development.white);
  std::vector<float> transfer = make_transfer_table(output.encoding);
  Buffer<float> curve(tone.values.data(), static_cast<int>(tone.values.size())), codes(transfer.data(), static_cast<int>(transfer.size()));

  Image image(context.pool(), {picture.width(), picture.height()}, output.type, output.encoding, output.color);
  const auto row = static_cast<std::int32_t>(image.stride() / static_cast<std::ptrdiff_t>(sample_size(output.type)));
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, image.width(), 3}, {0, image.height(), row}};
  Buffer<> out(sample_type(output.type), image.data(), 3, shape);
  const int unbounded = output.type == PixelType::kF32 && output.encoding == Encoding::kLinear ? 1 : 0;
  context.check(kernel_of(kernels.finish, output.type)(&context, picture.pixels, matrix, curve, tone.limit, tone.warp, primaries, codes,
                                                       unbounded, out),
                "finish");
  return image;
}

}  // namespace argent
