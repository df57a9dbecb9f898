#include "isp/yuv.h"

#include <cmath>
#include <string>

#include "isp/yuv_layout.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

std::int32_t fixed(double coefficient) { return static_cast<std::int32_t>(std::lround(coefficient * (1 << kYuvShift))); }

/// Of red and blue; green has the rest.
struct LumaWeights {
  double red, blue;
};

LumaWeights luma_weights(YuvMatrix matrix) {
  switch (matrix) {
    case YuvMatrix::kBt601:
      return {0.299, 0.114};
    case YuvMatrix::kBt2020:
      return {0.2627, 0.0593};
    case YuvMatrix::kBt709:
      break;
  }
  return {0.2126, 0.0722};
}

}  // namespace

YuvImage::YuvImage(BufferPool& pool, Size size, YuvFormat format) : size_(size), format_(format) {
  if (size.width < 2 || size.height < 2 || size.width % 2 != 0 || size.height % 2 != 0) {
    throw Error("4:2:0 picture of " + to_text(size) + " pixels, expected even sides");
  }
  stride_ = (std::ptrdiff_t{size.width} + kYuvBlock - 1) / kYuvBlock * kYuvBlock;
  block_ = pool.lease(static_cast<std::size_t>(stride_) * static_cast<std::size_t>(size.height) / 2 * 3);
}

YuvCoefficients yuv_matrix(YuvFormat format) {
  const auto [red, blue] = luma_weights(format.matrix);
  const bool limited = format.range == YuvRange::kLimited;
  const double luma = limited ? 219.0 / 255 : 1, chroma = limited ? 224.0 / 255 : 1;
  const auto row = [](double r, double b, double sum, double offset) {
    const std::int32_t fixed_red = fixed(r), fixed_blue = fixed(b);
    return std::array{fixed_red, fixed(sum) - fixed_red - fixed_blue, fixed_blue, fixed(offset)};
  };
  return {row(luma * red, luma * blue, luma, limited ? 16 : 0), row(-chroma * red / (2 * (1 - blue)), chroma / 2, 0, 128),
          row(chroma / 2, -chroma * blue / (2 * (1 - red)), 0, 128)};
}

Halide::Runtime::Buffer<std::int32_t> buffer_of(YuvCoefficients& matrix) {
  return Halide::Runtime::Buffer<std::int32_t>(matrix[0].data(), 4, 3);
}

YuvRows rows_of(YuvImage& picture, int first, int pairs) {
  const auto rows = [&](std::uint8_t* from, std::ptrdiff_t row) {
    const halide_dimension_t shape[2]{{0, static_cast<std::int32_t>(picture.stride()), 1}, {0, pairs, static_cast<std::int32_t>(row)}};
    return Halide::Runtime::Buffer<std::uint8_t>(from, 2, shape);
  };
  const std::ptrdiff_t stride = picture.stride();
  return {rows(picture.luma(2 * first), 2 * stride), rows(picture.luma(2 * first + 1), 2 * stride), rows(picture.chroma(first), stride)};
}

YuvImage to_yuv(const Kernels& kernels, KernelContext& context, const Image& picture, YuvFormat format) {
  if (picture.empty()) throw Error("there is no picture");
  if (picture.type() != PixelType::kU8 || picture.encoding() != Encoding::kSrgb) throw Error("video is made of pictures of 8 bits in sRGB");
  YuvImage out(context.pool(), {picture.width() & ~1, picture.height() & ~1}, format);
  auto matrix = yuv_matrix(format);
  const halide_dimension_t shape[3]{{0, 3, 1}, {0, picture.width(), 3}, {0, out.height(), static_cast<std::int32_t>(picture.stride())}};
  auto* first = const_cast<std::uint8_t*>(picture.row<std::uint8_t>(0));  // Halide has no type for read-only input
  YuvRows rows = rows_of(out, 0, out.height() / 2);
  context.check(
      kernels.yuv(&context, Halide::Runtime::Buffer<std::uint8_t>(first, 3, shape), buffer_of(matrix), rows.even, rows.odd, rows.chroma),
      "yuv");
  return out;
}

}  // namespace argent
