// models/kernels/fourier.h - private: Fourier's transform of any length: mixed radices, and Bluestein's convolution where a prime is large.
#pragma once

#include "models/kernels/array.h"

namespace argent::kernels {

/// out[k] = sum over j of in[j] exp(sign 2 pi i j k / n) along `axis`, in f64; nothing is scaled. Both of one shape and floating type, real
/// and imaginary parts along a last axis of size 2, which lie side by side in `out`.
void dft(const Array& out, const Array& in, int axis, int sign);

}  // namespace argent::kernels
