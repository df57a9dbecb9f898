// models/kernels/convolution.h - private: convolutions and their adjoints as products of matrices whose rows are windows.
//
// FeatureMaps are copied, a few rows at a time, with their padding into a block of channels-last rows; there the numbers under one row of a
// window lie side by side, so that the block itself is the left matrix (an "implicit" product: nothing is unfolded).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/kernels/gemm.h"

namespace argent::kernels {

inline constexpr int kSpatialAxes = 3;  ///< of fewer, the first have size 1
using Spatial = std::array<std::int64_t, kSpatialAxes>;

/// A batch of images of any strides.
template <class T>
struct FeatureMaps {
  T* data = nullptr;
  std::int64_t channels = 0;
  Spatial size{1, 1, 1};
  std::int64_t batch_step = 0, channel_step = 0;
  Spatial step{};
};

/// Weight (o, c, tap) lies at data[o * output_step + c * channel_step + sum of tap * step]; c counts within a group.
template <class T>
struct Weights {
  T* data = nullptr;
  std::int64_t output_step = 0, channel_step = 0;
  Spatial step{};
};

struct Windows {
  Spatial kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1}, pad{};  ///< pad: before; what is behind follows from the sizes
  std::int64_t groups = 1, batch = 0;
};

/// y(n, o, p) = bias(o) + sum over c, k of x(n, c, p * stride + k * dilation - pad) * w(o, c, k). y is dense and channels-last; bias may be
/// nullptr.
template <class T>
void convolve(const Resources& resources, const Windows& windows, const FeatureMaps<const T>& x, const Weights<const T>& w, const T* bias,
              const FeatureMaps<T>& y);

/// The adjoint in x: x(n, c, p * stride + k * dilation - pad) = bias(c) + sum over o, k of y(n, o, p) * w(o, c, k). x is dense and
/// channels-last; bias may be nullptr.
template <class T>
void convolve_transposed(const Resources& resources, const Windows& windows, const FeatureMaps<const T>& y, const Weights<const T>& w,
                         const T* bias, const FeatureMaps<T>& x);

/// The adjoint in w: w(o, c, k) = sum over n, p of y(n, o, p) * x(n, c, p * stride + k * dilation - pad).
template <class T>
void convolve_weights(const Resources& resources, const Windows& windows, const FeatureMaps<const T>& x, const FeatureMaps<const T>& y,
                      const Weights<T>& w);

}  // namespace argent::kernels
