// models/tensor/ops/fourier.h - Fourier's transform. Complex numbers are a last axis of size 2, real and imaginary part; axes are counted
// without it, so that an axis of a real tensor has the same number in its transform.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

Tensor complex(const Operand& real, const Operand& imaginary);  ///< [..] and [..]: [.., 2]
Tensor real(const Operand& z);                                  ///< a view
Tensor imaginary(const Operand& z);                             ///< a view
Tensor conjugate(const Operand& z);
Tensor complex_multiply(const Operand& a, const Operand& b);

/// Where the factor goes that makes a transform and its inverse undo each other: all to the inverse, the root to each, all to the forward.
enum class FourierNorm { kBackward, kOrtho, kForward };

/// X[k] = sum over j of z[j] exp(-2 pi i j k / n) along `axis`, of any length, computed in f64. `n`: z is cut or padded with zeros to it
/// first; -1: its own size.
Tensor fft(const Operand& z, std::int64_t n = -1, int axis = -1, FourierNorm norm = FourierNorm::kBackward);
Tensor ifft(const Operand& z, std::int64_t n = -1, int axis = -1, FourierNorm norm = FourierNorm::kBackward);
/// Of a real tensor, the first n / 2 + 1 numbers: the others are their conjugates.
Tensor rfft(const Operand& x, std::int64_t n = -1, int axis = -1, FourierNorm norm = FourierNorm::kBackward);
/// The real tensor of size n (-1: the even one) whose rfft is z; the imaginary parts at 0 and n / 2 are taken as 0.
Tensor irfft(const Operand& z, std::int64_t n = -1, int axis = -1, FourierNorm norm = FourierNorm::kBackward);

/// The same along several axes. Axes empty: the last, as many as there are sizes, or all. Sizes empty: their own. Of rfftn and irfftn the
/// last axis named is the one that is halved.
Tensor fftn(const Operand& z, const Dims& sizes = {}, const Dims& axes = {}, FourierNorm norm = FourierNorm::kBackward);
Tensor ifftn(const Operand& z, const Dims& sizes = {}, const Dims& axes = {}, FourierNorm norm = FourierNorm::kBackward);
Tensor rfftn(const Operand& x, const Dims& sizes = {}, const Dims& axes = {}, FourierNorm norm = FourierNorm::kBackward);
Tensor irfftn(const Operand& z, const Dims& sizes = {}, const Dims& axes = {}, FourierNorm norm = FourierNorm::kBackward);
Tensor rfft2(const Operand& x, const Dims& sizes = {}, const Dims& axes = {-2, -1}, FourierNorm norm = FourierNorm::kBackward);
Tensor irfft2(const Operand& z, const Dims& sizes = {}, const Dims& axes = {-2, -1}, FourierNorm norm = FourierNorm::kBackward);

/// Frequency 0 from the start of each axis to its middle, and back. Axes as the tensor has them; empty: all.
Tensor fftshift(const Operand& x, const Dims& axes = {});
Tensor ifftshift(const Operand& x, const Dims& axes = {});

}  // namespace argent::tensor
