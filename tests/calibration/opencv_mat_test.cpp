#include "calibration/opencv_mat.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "models/tensor/ops.h"

namespace argent {
namespace {

TEST(OpencvMat, SharesThePixelsOfAPicture) {
  BufferPool pool;
  Image image(pool, {5, 3}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  const cv::Mat mat = as_mat(image);
  EXPECT_EQ(mat.size(), cv::Size(5, 3));
  image.row<std::uint8_t>(2)[3 * 4 + 1] = 77;
  EXPECT_EQ(mat.at<cv::Vec3b>(2, 4)[1], 77);
}

TEST(OpencvMat, AMatIsATensorOnTheSameMemoryAndKeepsIt) {
  tensor::Tensor tensor;
  {
    cv::Mat whole(4, 6, CV_32FC3, cv::Scalar(0, 1, 2));
    cv::Mat part = whole(cv::Rect(1, 1, 3, 2));  // rows with a gap
    tensor = as_tensor(part);
    tensor += 1;
    EXPECT_EQ(whole.at<cv::Vec3f>(1, 1)[2], 3);
    EXPECT_EQ(whole.at<cv::Vec3f>(0, 0)[2], 2);
  }
  EXPECT_EQ(tensor.shape(), (Dims{1, 3, 2, 3}));
  EXPECT_EQ(tensor.select(0, 0).select(0, 2).values(), std::vector<double>(6, 3));
}

TEST(OpencvMat, ATensorIsAMatWhenItsChannelsLieSideBySide) {
  const tensor::Tensor planes = tensor::arange(24, DType::kF32).view({1, 2, 3, 4});
  EXPECT_THROW(as_mat(planes), Error);
  const tensor::Tensor pixels = planes.channels_last();
  const cv::Mat mat = as_mat(pixels);
  EXPECT_EQ(mat.at<cv::Vec2f>(1, 2), cv::Vec2f(6, 18));
  EXPECT_EQ(as_mat(planes.view({6, 4})).at<float>(5, 3), 23);
  EXPECT_THROW(as_tensor(cv::Mat(2, 2, CV_16U)), Error);
}

}  // namespace
}  // namespace argent
