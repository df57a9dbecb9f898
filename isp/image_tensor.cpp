#include "isp/image_tensor.h"

#include <limits>
#include <string>

#include "models/runtime/error.h"

namespace argent {

using tensor::Tensor;

Tensor as_tensor(const Image& image) {
  if (image.empty()) throw Error("a tensor of a picture without pixels");
  if (image.type() == PixelType::kU16) throw Error("a tensor of a picture of 16-bit integers, expected 8-bit or float");
  const auto bytes = static_cast<std::ptrdiff_t>(sample_size(image.type()));
  if (image.stride() % bytes != 0)
    throw Error("rows of a picture are " + std::to_string(image.stride()) + " bytes apart, which is no whole number of samples");
  const std::int64_t row = image.stride() / bytes;
  return tensor::from_memory(const_cast<std::byte*>(image.data()), {1, Image::kChannels, image.height(), image.width()},
                             image.type() == PixelType::kU8 ? DType::kU8 : DType::kF32, {row * image.height(), 1, row, Image::kChannels},
                             image.block());
}

Image as_image(const Tensor& tensor, Encoding encoding, ColorSpace space) {
  const int axes = tensor.rank();
  if ((axes != 3 && axes != 4) || tensor.size(-3) != Image::kChannels || (axes == 4 && tensor.size(0) != 1))
    throw Error("a picture of a tensor of shape " + to_text(tensor.shape()) + ", expected 3 x height x width");
  if (tensor.dtype() != DType::kU8 && tensor.dtype() != DType::kF32)
    throw Error("a picture of a tensor of type " + std::string(name_of(tensor.dtype())) + ", expected u8 or f32");
  const auto strides = [&](int axis) { return tensor.strides()[axes + axis]; };
  if (strides(-3) != 1 || (strides(-1) != Image::kChannels && tensor.size(-1) != 1))
    throw Error("a picture of a tensor whose channels do not lie side by side; channels_last() makes one");
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (tensor.size(-1) > kMost || tensor.size(-2) > kMost)
    throw Error("a picture of a tensor of shape " + to_text(tensor.shape()) + " is too large");
  const PixelType type = tensor.dtype() == DType::kU8 ? PixelType::kU8 : PixelType::kF32;
  auto* origin = const_cast<std::byte*>(type == PixelType::kU8 ? reinterpret_cast<const std::byte*>(tensor.data<std::uint8_t>())
                                                               : reinterpret_cast<const std::byte*>(tensor.data<float>()));
  const auto owner = std::make_shared<Tensor>(tensor);
  return Image(std::shared_ptr<std::byte>(owner, origin), origin, strides(-2) * static_cast<std::ptrdiff_t>(sample_size(type)),
               Size{static_cast<int>(tensor.size(-1)), static_cast<int>(tensor.size(-2))}, type, encoding, space);
}

}  // namespace argent
