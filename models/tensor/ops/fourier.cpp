// Fourier's transform.

#include "models/tensor/ops/fourier.h"

#include <cmath>

#include "models/kernels/fourier.h"
#include "models/tensor/ops/rows.h"
#include "models/tensor/ops/wide.h"

namespace argent::tensor {
namespace {

// Attributes of dft: axis, counted from the front; reverse, 1 for the sign + in the exponent. Nothing is scaled.

void infer_dft(const Call& call, OutputSpecs& outputs) {
  const Tensor& z = call.input();
  const std::int64_t axis = call.attributes.integer(Key::kAxis);
  if (z.rank() < 2 || z.size(-1) != 2 || axis < 0 || axis >= z.rank() - 1)
    throw Error("axis ", axis, " of ", z.shape(), ", expected complex numbers [.., n, .., 2]");
  outputs.add(z.shape(), z.dtype());
}

enum class Exponent : std::int64_t { kMinus, kPlus };

Tensor dft(const Tensor& z, int axis, Exponent sign) {
  return apply_one(OpId::kDft, {z}, {{Key::kAxis, std::int64_t{axis}}, {Key::kReverse, static_cast<std::int64_t>(sign)}}, {});
}

/// The same with the other sign.
void dft_gradient(GradientCall& c) {
  const Attributes& a = c.attributes();
  c.set(0, apply_one(OpId::kDft, {c.gradient()}, a.with(Key::kReverse, 1 - a.integer(Key::kReverse)), c.source()));
}

void dft_samples(SampleList& list) {
  for (const std::int64_t n : {1, 2, 8, 12, 15, 67}) list.add({list.numbers({n, 2})}, {{Key::kAxis, 0}, {Key::kReverse, n % 2}});
  list.add({list.numbers({2, 4, 3, 2}).permute({2, 1, 0, 3})}, {{Key::kAxis, 1}, {Key::kReverse, 0}});
  list.add({list.numbers({3, 0, 2})}, {{Key::kAxis, 0}, {Key::kReverse, 0}});
}

const Op kRows[] = {
    row(
        OpId::kDft, "dft", "DFT", TypeRule::kFloating, infer_dft,
        [](const Call& call, std::span<Tensor> out) {
          kernels::dft(out[0], call.input(), axis_of(call.attributes), call.attributes.integer(Key::kReverse) == 0 ? -1 : 1);
        },
        dft_gradient, Saved::kNothing, dft_samples)
        .in(Autocast::kF32),
};

}  // namespace

std::span<const Op> fourier_ops() { return kRows; }

// ---- complex numbers -------------------------------------------------------------------------------------------------------------------

Tensor complex(const Operand& real, const Operand& imaginary) {
  const Tensor parts[] = {real.tensor(), imaginary.tensor()};
  return stack(parts, -1, real.source());
}
Tensor real(const Operand& z) { return z.tensor().select(-1, 0, z.source()); }
Tensor imaginary(const Operand& z) { return z.tensor().select(-1, 1, z.source()); }

Tensor conjugate(const Operand& z) {
  const SourceScope scope(source_in_scope(z.source()));
  return complex(real(z), -imaginary(z));
}

Tensor complex_multiply(const Operand& a, const Operand& b) {
  const WideScope scope(a, b);
  const Tensor x = scope.widen(a), y = scope.widen(b);
  return scope.narrow(complex(real(x) * real(y) - imaginary(x) * imaginary(y), real(x) * imaginary(y) + imaginary(x) * real(y)));
}

// ---- transforms ------------------------------------------------------------------------------------------------------------------------

namespace {

/// The axes to transform and the sizes they are to have, -1: their own.
struct Plan {
  Dims axes, sizes;
  int axis(int i) const { return static_cast<int>(axes[i]); }
};

Plan planned(int rank, Dims axes, Dims sizes) {
  if (axes.empty()) {
    const int count = sizes.empty() ? rank : sizes.size();
    for (int i = 0; i < count; i++) axes.push_back(i - count);
  }
  if (sizes.empty()) sizes = Dims::filled(axes.size(), -1);
  if (sizes.size() != axes.size()) throw OpError("fft: ", sizes.size(), " sizes for ", axes.size(), " axes");
  for (std::int64_t& axis : axes) axis = checked_axis(axis, rank);
  return {axes, sizes};
}

/// Cut or padded with zeros to n.
Tensor resized(const Tensor& x, int axis, std::int64_t n) {
  if (n == -1) n = x.size(axis);
  if (n < 1) throw OpError("fft: ", n, " numbers along axis ", axis, ", expected at least 1");
  if (n == x.size(axis)) return x;
  Dims after = Dims::filled(x.rank(), 0);
  after[axis] = n - x.size(axis);
  return pad(x, Dims::filled(x.rank(), 0), after);
}

Tensor scaled(const Tensor& z, FourierNorm norm, Exponent sign, double count) {
  if (norm == FourierNorm::kOrtho) return z * (1 / std::sqrt(count));
  return (norm == FourierNorm::kForward) == (sign == Exponent::kMinus) ? z * (1 / count) : z;
}

/// Cuts or pads and transforms along the first `axes` of the plan, and multiplies `count` by their sizes.
Tensor along_axes(Tensor z, const Plan& plan, int axes, Exponent sign, double& count) {
  for (int i = 0; i < axes; i++) {
    z = resized(z, plan.axis(i), plan.sizes[i]);
    count *= static_cast<double>(z.size(plan.axis(i)));
    z = dft(z, plan.axis(i), sign);
  }
  return z;
}

Tensor transformed(const Operand& operand, const Dims& sizes, const Dims& axes, FourierNorm norm, Exponent sign) {
  const WideScope scope(operand);
  const Tensor z = scope.widen(operand);
  const Plan plan = planned(z.rank() - 1, axes, sizes);
  double count = 1;
  const Tensor result = along_axes(z, plan, plan.axes.size(), sign, count);
  return scope.narrow(scaled(result, norm, sign, count));
}

}  // namespace

Tensor fftn(const Operand& z, const Dims& sizes, const Dims& axes, FourierNorm norm) {
  return transformed(z, sizes, axes, norm, Exponent::kMinus);
}
Tensor ifftn(const Operand& z, const Dims& sizes, const Dims& axes, FourierNorm norm) {
  return transformed(z, sizes, axes, norm, Exponent::kPlus);
}

Tensor rfftn(const Operand& operand, const Dims& sizes, const Dims& axes, FourierNorm norm) {
  const WideScope scope(operand);
  Tensor x = scope.widen(operand);
  const Plan plan = planned(x.rank(), axes, sizes);
  double count = 1;
  for (int i = 0; i < plan.axes.size(); i++) {
    x = resized(x, plan.axis(i), plan.sizes[i]);
    count *= static_cast<double>(x.size(plan.axis(i)));
  }
  const int halved = plan.axis(plan.axes.size() - 1);
  const std::int64_t n = x.size(halved);
  Tensor z = dft(complex(x, zeros({}, x.dtype()).expand(x.shape())), halved, Exponent::kMinus).slice(halved, 0, n / 2 + 1);
  for (int i = plan.axes.size() - 2; i >= 0; i--) z = dft(z, plan.axis(i), Exponent::kMinus);
  return scope.narrow(scaled(z, norm, Exponent::kMinus, count));
}

Tensor irfftn(const Operand& operand, const Dims& sizes, const Dims& axes, FourierNorm norm) {
  const WideScope scope(operand);
  Tensor z = scope.widen(operand);
  const Plan plan = planned(z.rank() - 1, axes, sizes);
  const int last = plan.axes.size() - 1, halved = plan.axis(last);
  const std::int64_t n = plan.sizes.back() == -1 ? 2 * (z.size(halved) - 1) : plan.sizes.back();
  if (n < 1) throw OpError("irfft: ", n, " numbers along axis ", halved, ", expected at least 1");
  double count = static_cast<double>(n);
  z = along_axes(z, plan, last, Exponent::kPlus, count);
  // A number and its conjugate at n - k together give twice the real part of the number; 0 and n / 2 have no partner.
  z = resized(z, halved, n / 2 + 1);
  Dims shape = Dims::filled(z.rank(), 1);
  shape[halved] = n / 2 + 1;
  Tensor partners = full(shape, 2, z.dtype());
  partners.select(halved, 0).assign(1);
  if (n % 2 == 0) partners.select(halved, n / 2).assign(1);
  z = dft(resized(z * partners, halved, n), halved, Exponent::kPlus);
  return scope.narrow(scaled(real(z), norm, Exponent::kPlus, count));
}

Tensor fft(const Operand& z, std::int64_t n, int axis, FourierNorm norm) { return fftn(z, {n}, {axis}, norm); }
Tensor ifft(const Operand& z, std::int64_t n, int axis, FourierNorm norm) { return ifftn(z, {n}, {axis}, norm); }
Tensor rfft(const Operand& x, std::int64_t n, int axis, FourierNorm norm) { return rfftn(x, {n}, {axis}, norm); }
Tensor irfft(const Operand& z, std::int64_t n, int axis, FourierNorm norm) { return irfftn(z, {n}, {axis}, norm); }
Tensor rfft2(const Operand& x, const Dims& sizes, const Dims& axes, FourierNorm norm) { return rfftn(x, sizes, axes, norm); }
Tensor irfft2(const Operand& z, const Dims& sizes, const Dims& axes, FourierNorm norm) { return irfftn(z, sizes, axes, norm); }

namespace {

Tensor rolled_by_half(const Operand& x, const Dims& axes, int round_up) {
  const SourceScope scope(source_in_scope(x.source()));
  Tensor result = x.tensor();
  for (std::int64_t axis : planned(result.rank(), axes, {}).axes) {
    const auto i = static_cast<int>(axis);
    result = roll(result, (result.size(i) + round_up) / 2, i);
  }
  return result;
}

}  // namespace

Tensor fftshift(const Operand& x, const Dims& axes) { return rolled_by_half(x, axes, 0); }
Tensor ifftshift(const Operand& x, const Dims& axes) { return rolled_by_half(x, axes, 1); }

}  // namespace argent::tensor
