#include "isp/image.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "models/runtime/error.h"

namespace argent {
namespace {

static_assert(!std::is_copy_constructible_v<Image> && std::is_nothrow_move_constructible_v<Image>);

TEST(Image, KnowsWhatItWasMadeOf) {
  BufferPool pool;
  const Image image(pool, {7, 5}, PixelType::kU16, Encoding::kLinear, ColorSpace::kCamera);
  EXPECT_FALSE(image.empty());
  EXPECT_EQ(image.width(), 7);
  EXPECT_EQ(image.height(), 5);
  EXPECT_EQ(image.size(), (Size{7, 5}));
  EXPECT_EQ(image.type(), PixelType::kU16);
  EXPECT_EQ(image.encoding(), Encoding::kLinear);
  EXPECT_EQ(image.color_space(), ColorSpace::kCamera);
  EXPECT_GE(image.stride(), 7 * 3 * 2);
  EXPECT_EQ(image.stride() % 64, 0);
  EXPECT_TRUE(Image().empty());
}

TEST(Image, RowsAreAStrideApart) {
  BufferPool pool;
  for (PixelType type : {PixelType::kU8, PixelType::kU16, PixelType::kF32}) {
    Image image(pool, {33, 9}, type, Encoding::kSrgb, ColorSpace::kSrgb);
    for (int y = 0; y < 9; y++) std::memset(image.row<unsigned char>(y), y, 33 * 3 * sample_size(type));
    for (int y = 0; y < 9; y++) {
      EXPECT_EQ(image.row<std::byte>(y), image.data() + y * image.stride());
      EXPECT_EQ(image.row<unsigned char>(y)[0], y);
      EXPECT_EQ(image.row<unsigned char>(y)[33 * 3 * sample_size(type) - 1], y);
    }
  }
}

TEST(Image, MemoryComesFromThePoolAndReturns) {
  BufferPool pool;
  for (int i = 0; i < 3; i++) Image(pool, {1000, 700}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  EXPECT_EQ(pool.system_allocations(), 1U);
  Image first(pool, {1000, 700}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  const std::byte* pixels = first.data();
  const Image second = std::move(first);
  EXPECT_EQ(second.data(), pixels);
  EXPECT_EQ(pool.system_allocations(), 1U);
}

TEST(Image, SizesThatCannotBeAreRefused) {
  BufferPool pool;
  constexpr int kMax = std::numeric_limits<int>::max();
  for (Size size : {Size{0, 5}, Size{5, 0}, Size{-1, 5}, Size{5, -1}, Size{kMax, kMax}}) {
    EXPECT_THROW(Image(pool, size, PixelType::kF32, Encoding::kSrgb, ColorSpace::kSrgb), Error) << size.width << "x" << size.height;
  }
  EXPECT_EQ(pool.system_allocations(), 0U);
}

TEST(Image, ViewsMayRunUpwardsButNotOverlap) {
  BufferPool pool;
  const std::shared_ptr<std::byte> block = pool.lease(300);
  for (int i = 0; i < 300; i++) block.get()[i] = static_cast<std::byte>(i / 30);
  const Image view(block, block.get() + 9 * 30, -30, {10, 10}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  EXPECT_EQ(view.row<unsigned char>(0)[0], 9);
  EXPECT_EQ(view.row<unsigned char>(9)[29], 0);
  const auto view_of = [&](std::byte* origin, std::ptrdiff_t stride, Size size) {
    return Image(block, origin, stride, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  };
  EXPECT_THROW(view_of(block.get(), 29, {10, 10}), Error);
  EXPECT_THROW(view_of(block.get(), -29, {10, 10}), Error);
  EXPECT_THROW(view_of(nullptr, 30, {10, 10}), Error);
  EXPECT_THROW(view_of(block.get(), 30, {0, 10}), Error);
}

TEST(Image, KeepsItsBlockWhenThePoolIsGone) {
  Image image;
  {
    BufferPool pool;
    image = Image(pool, {64, 64}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  }
  std::memset(image.row<unsigned char>(63), 3, 64 * 3);
  EXPECT_EQ(image.row<unsigned char>(63)[191], 3);
}

}  // namespace
}  // namespace argent
