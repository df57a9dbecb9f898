// OpInfo's entries of Fourier's transform. A complex number is a last axis of size 2.

#include "models/tensor/ops/fourier.h"

#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

FourierNorm norm_of(A& a) {
  const std::string name = a.text(-1, "norm", "backward");
  return name == "ortho" ? FourierNorm::kOrtho : name == "forward" ? FourierNorm::kForward : FourierNorm::kBackward;
}

Tensor real_input(A& a) {
  const Tensor x = a.tensor();
  return is_floating(x.dtype()) ? x : x.to(DType::kF32);
}
Tensor complex_input(A& a) {
  const Tensor x = real_input(a);
  return a.is_complex() ? x : complex(x, zeros(x.shape(), x.dtype()));
}
/// Axes as torch counts them; those of a complex tensor do not count its last.
Dims axes_of(A& a, Dims otherwise = {}) { return a.has(2, "dim") ? a.dims(2, "dim") : otherwise; }

template <class F>
Entry along_one(std::string_view name, F f, Tensor (*input)(A&)) {
  return {name, [=](A& a) { return f(input(a), a.integer(1, "n", -1), static_cast<int>(a.integer(2, "dim", -1)), norm_of(a)); },
          Made::kComposite};
}
template <class F>
Entry along_several(std::string_view name, F f, Tensor (*input)(A&), Dims otherwise) {
  return {name, [=](A& a) { return f(input(a), a.has(1, "s") ? a.dims(1, "s") : Dims{}, axes_of(a, otherwise), norm_of(a)); },
          Made::kComposite};
}
Entry shift(std::string_view name, Tensor (*f)(const Operand&, const Dims&)) {
  return {name, [f](A& a) {
            Dims axes = a.has(1, "dim") ? a.dims(1, "dim") : Dims{};
            const int rank = a.tensor().rank() - (a.is_complex() ? 1 : 0);
            if (axes.empty()) {
              for (int i = 0; i < rank; i++) axes.push_back(i);
            }
            for (std::int64_t& axis : axes) axis = checked_axis(axis, rank);
            return f(a.tensor(), axes);
          }};
}

}  // namespace

std::vector<Entry> fourier_entries() {
  return {
      along_one("fft.fft", fft, complex_input),
      along_one("fft.ifft", ifft, complex_input),
      along_one("fft.rfft", rfft, real_input),
      along_one("fft.irfft", irfft, complex_input),
      along_several("fft.fft2", fftn, complex_input, {-2, -1}),
      along_several("fft.ifft2", ifftn, complex_input, {-2, -1}),
      along_several("fft.rfft2", rfftn, real_input, {-2, -1}),
      along_several("fft.irfft2", irfftn, complex_input, {-2, -1}),
      along_several("fft.fftn", fftn, complex_input, {}),
      along_several("fft.ifftn", ifftn, complex_input, {}),
      along_several("fft.rfftn", rfftn, real_input, {}),
      along_several("fft.irfftn", irfftn, complex_input, {}),
      shift("fft.fftshift", fftshift),
      shift("fft.ifftshift", ifftshift),
  };
}

}  // namespace argent::tensor::opinfo
