// calibration/opencv_mat.h - the one place where pictures and tensors meet OpenCV: the same memory, seen as a cv::Mat.
//
// All in this header, so that whoever includes it links OpenCV's core and the library does not.
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>

#include "isp/image.h"
#include "models/runtime/error.h"
#include "models/tensor/tensor.h"

namespace argent {

/// Rows of R G B, where OpenCV's functions mostly expect B G R. The picture must outlive it.
inline cv::Mat as_mat(const Image& image) {
  const int depth = image.type() == PixelType::kU8 ? CV_8U : image.type() == PixelType::kU16 ? CV_16U : CV_32F;
  return {image.height(), image.width(), CV_MAKETYPE(depth, Image::kChannels), const_cast<std::byte*>(image.data()),
          static_cast<std::size_t>(image.stride())};
}

/// Shape 1 x channels x height x width, channels last. Keeps the Mat's memory. Throws Error for 16-bit unsigned and for more than two axes.
inline tensor::Tensor as_tensor(const cv::Mat& mat) {
  if (mat.dims != 2 || mat.empty()) throw Error("a tensor of a Mat with " + std::to_string(mat.dims) + " axes, expected 2 and elements");
  DType type = DType::kF32;
  switch (mat.depth()) {
    case CV_8U:
      type = DType::kU8;
      break;
    case CV_8S:
      type = DType::kI8;
      break;
    case CV_16S:
      type = DType::kI16;
      break;
    case CV_32S:
      type = DType::kI32;
      break;
    case CV_32F:
      break;
    case CV_64F:
      type = DType::kF64;
      break;
    default:
      throw Error("a tensor of a Mat of depth " + std::to_string(mat.depth()) + ", a type that tensors do not have");
  }
  const std::int64_t channels = mat.channels();
  const auto row = static_cast<std::int64_t>(mat.step / size_of(type));
  return tensor::from_memory(mat.data, {1, channels, mat.rows, mat.cols}, type, {row * mat.rows, 1, row, channels},
                             std::make_shared<cv::Mat>(mat));
}

/// Of height x width, or (1 x) channels x height x width with the channels side by side (channels_last() makes one). The tensor must
/// outlive it.
inline cv::Mat as_mat(const tensor::Tensor& tensor) {
  const int axes = tensor.rank();
  if (axes < 2 || axes > 4 || (axes == 4 && tensor.size(0) != 1)) throw Error("a Mat of a tensor of shape " + to_text(tensor.shape()));
  const std::int64_t channels = axes == 2 ? 1 : tensor.size(-3);
  const auto stride = [&](int axis) { return tensor.strides()[axes + axis]; };
  if (channels > CV_CN_MAX || (channels > 1 && stride(-3) != 1) || (tensor.size(-1) > 1 && stride(-1) != channels))
    throw Error("a Mat of a tensor whose channels do not lie side by side");
  int depth = CV_32F;
  switch (tensor.dtype()) {
    case DType::kBool:
    case DType::kU8:
      depth = CV_8U;
      break;
    case DType::kI8:
      depth = CV_8S;
      break;
    case DType::kI16:
      depth = CV_16S;
      break;
    case DType::kI32:
      depth = CV_32S;
      break;
    case DType::kF16:
      depth = CV_16F;
      break;
    case DType::kF32:
      break;
    case DType::kF64:
      depth = CV_64F;
      break;
    default:
      throw Error("a Mat of a tensor of type " + std::string(name_of(tensor.dtype())));
  }
  return {static_cast<int>(tensor.size(-2)), static_cast<int>(tensor.size(-1)), CV_MAKETYPE(depth, static_cast<int>(channels)),
          tensor.raw(), static_cast<std::size_t>(stride(-2)) * size_of(tensor.dtype())};
}

}  // namespace argent
