#include "isp/image_tensor.h"

#include <gtest/gtest.h>

#include "models/runtime/error.h"
#include "models/tensor/ops.h"

namespace argent {
namespace {

TEST(ImageTensor, SharesThePixelsAndKeepsThem) {
  BufferPool pool;
  tensor::Tensor tensor;
  {
    Image image(pool, {5, 3}, PixelType::kF32, Encoding::kLinear, ColorSpace::kSrgb);
    for (int y = 0; y < 3; y++) {
      for (int i = 0; i < 15; i++) image.row<float>(y)[i] = static_cast<float>(100 * y + i);
    }
    tensor = as_tensor(image);
    tensor.select(0, 0).select(0, 1) += 1000;
    EXPECT_EQ(image.row<float>(2)[4], 1204);
    EXPECT_EQ(image.row<float>(2)[3], 203);
  }
  EXPECT_EQ(tensor.shape(), (Dims{1, 3, 3, 5}));
  EXPECT_EQ(tensor.select(0, 0).select(0, 2).select(0, 1).values(), (std::vector<double>{102, 105, 108, 111, 114}));
}

TEST(ImageTensor, ATensorIsAPictureAgain) {
  const tensor::Tensor planes = tensor::arange(24, DType::kF32).view({3, 2, 4});
  EXPECT_THROW(as_image(planes, Encoding::kLinear, ColorSpace::kSrgb), Error);
  Image image;
  {
    const tensor::Tensor pixels = planes.view({1, 3, 2, 4}).channels_last();
    image = as_image(pixels, Encoding::kLinear, ColorSpace::kSrgb);
    EXPECT_TRUE(as_tensor(image).is_channels_last());
    EXPECT_EQ(reinterpret_cast<const float*>(image.data()), pixels.data<float>());
  }
  EXPECT_EQ(image.size(), (Size{4, 2}));
  EXPECT_EQ(image.row<float>(1)[3 * 2 + 1], 14);
}

TEST(ImageTensor, SaysWhatCannotBe) {
  BufferPool pool;
  EXPECT_THROW(as_tensor(Image()), Error);
  EXPECT_THROW(as_tensor(Image(pool, {4, 4}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb)), Error);
  EXPECT_THROW(as_image(tensor::zeros({2, 4, 4}), Encoding::kSrgb, ColorSpace::kSrgb), Error);
  EXPECT_THROW(as_image(tensor::zeros({1, 3, 4, 4}, DType::kF64).channels_last(), Encoding::kSrgb, ColorSpace::kSrgb), Error);
}

}  // namespace
}  // namespace argent
