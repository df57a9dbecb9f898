#include "isp/image.h"

#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

/// Rows begin on a cache line, so that no line is written by two threads.
constexpr std::size_t kRowAlignment = 64;

void check_size(Size size) {
  if (size.width >= 1 && size.height >= 1) return;
  throw Error("image of " + to_text(size) + " pixels, expected at least 1x1");
}

std::size_t row_bytes(Size size, PixelType type) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(Image::kChannels) * sample_size(type);
}

}  // namespace

Image::Image(BufferPool& pool, Size size, PixelType type, Encoding encoding, ColorSpace space)
    : size_(size), type_(type), encoding_(encoding), space_(space) {
  check_size(size);
  const std::size_t stride = (row_bytes(size, type) + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  if (stride > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / static_cast<std::size_t>(size.height)) {
    throw Error("image of " + to_text(size) + " pixels does not fit into memory");
  }
  block_ = pool.lease(stride * static_cast<std::size_t>(size.height));
  origin_ = block_.get();
  stride_ = static_cast<std::ptrdiff_t>(stride);
}

Image::Image(std::shared_ptr<std::byte> block, std::byte* origin, std::ptrdiff_t stride, Size size, PixelType type, Encoding encoding,
             ColorSpace space)
    : block_(std::move(block)), origin_(origin), stride_(stride), size_(size), type_(type), encoding_(encoding), space_(space) {
  check_size(size);
  if (origin == nullptr) throw Error("image without pixels");
  // Rows may run upwards, but not into each other.
  const std::size_t row = row_bytes(size, type);
  if (size.height > 1 && static_cast<std::size_t>(std::abs(stride)) < row) {
    throw Error("image rows of " + std::to_string(row) + " bytes are " + std::to_string(stride) + " bytes apart");
  }
}

}  // namespace argent
