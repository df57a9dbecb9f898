// Fourier's transform of any length: mixed radices, and Bluestein's convolution where a prime is large.

#include "models/tensor/ops/fourier.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "models/kernels/element_loops.h"
#include "models/tensor/apply.h"
#include "models/tensor/gradient_call.h"
#include "models/tensor/op_table.h"
#include "models/tensor/ops.h"
#include "models/tensor/ops/wide.h"
#include "models/tensor/samples.h"

namespace argent::tensor {
namespace {

using G = GradientCall;

/// Not std::complex, whose product looks for NaN.
struct Complex {
  double re = 0, im = 0;

  friend Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  friend Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  friend Complex operator*(Complex a, Complex b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
};

Complex conjugate_of(Complex z) { return {z.re, -z.im}; }

/// exp(i turns 2 pi k / n), k reduced to half a turn.
Complex root(double turns, std::int64_t k, std::int64_t n) {
  const double angle = turns * 2 * std::numbers::pi * static_cast<double>(2 * k > n ? k - n : k) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

/// Above this a prime costs less as a convolution.
constexpr std::int64_t kLargestRadix = 61;

/// A transform of one length and sign, ready to run.
class Transform {
 public:
  /// `sign` of the exponent: -1 forward, 1 back.
  Transform(std::int64_t n, int sign) : n_(n), sign_(sign) {
    std::int64_t rest = n;
    for (std::int64_t p = 4; rest > 1; p = p == 4 ? 2 : p == 2 ? 3 : p + 2) {
      for (; rest % p == 0; rest /= p) radices_.push_back(p);
      if (p != 4 && p * p > rest && rest > 1) {
        radices_.push_back(rest);
        rest = 1;
      }
    }
    for (std::int64_t p : radices_) {
      if (p > kLargestRadix) {
        prepare_convolution();
        return;
      }
    }
    for (std::int64_t k = 0; k < n; k++) roots_.push_back(root(sign, k, n));
  }

  std::int64_t work_size() const { return inner_ ? 2 * inner_->n_ : n_; }

  /// `x` of size n becomes its transform; `work` has work_size() elements.
  void run(Complex* x, Complex* work) const { inner_ ? run_convolution(x, work) : run_radices(x, work); }

 private:
  /// Stockham's order, in which each pass writes what the next one reads (Van Loan, Computational frameworks for the FFT, 1992, 1.7).
  void run_radices(Complex* x, Complex* work) const {
    Complex *from = x, *to = work;
    std::int64_t done = 1;  // product of the radices so far
    for (std::int64_t p : radices_) {
      const std::int64_t left = n_ / (done * p);
      for (std::int64_t j = 0; j < left; j++) {
        for (std::int64_t k = 0; k < done; k++) butterfly(p, from + j * done + k, left * done, to + j * p * done + k, done, j * done);
      }
      done *= p;
      std::swap(from, to);
    }
    if (from != x) std::copy(from, from + n_, x);
  }

  /// A transform of length p, from steps of `a` to steps of `b`, its result q turned by q * turn.
  void butterfly(std::int64_t p, const Complex* in, std::int64_t a, Complex* out, std::int64_t b, std::int64_t turn) const {
    const Complex* const w = roots_.data();
    if (p == 2) {
      out[0] = in[0] + in[a];
      out[b] = (in[0] - in[a]) * w[turn];
    } else if (p == 4) {
      const Complex even = in[0] + in[2 * a], odd = in[0] - in[2 * a], sum = in[a] + in[3 * a], difference = in[a] - in[3 * a];
      const Complex turned = {-sign_ * difference.im, sign_ * difference.re};
      out[0] = even + sum;
      out[b] = (odd + turned) * w[turn];
      out[2 * b] = (even - sum) * w[2 * turn];
      out[3 * b] = (odd - turned) * w[3 * turn];
    } else {
      for (std::int64_t q = 0; q < p; q++) {
        Complex sum = in[0];
        for (std::int64_t r = 1; r < p; r++) sum = sum + in[r * a] * w[r * q % p * (n_ / p)];
        out[q * b] = sum * w[q * turn];
      }
    }
  }

  /// Bluestein, A linear filtering approach to the computation of discrete Fourier transform (1970): with jk = (j^2 + k^2 - (k - j)^2) / 2
  /// the sum is a convolution with a chirp, of a length that is a power of 2.
  void prepare_convolution() {
    std::int64_t length = 1;
    while (length < 2 * n_ - 1) length *= 2;
    inner_ = std::make_unique<Transform>(length, -1);
    filter_.resize(static_cast<std::size_t>(length));
    for (std::int64_t k = 0; k < n_; k++) {
      chirp_.push_back(root(sign_, k * k % (2 * n_), 2 * n_));
      const Complex factor = conjugate_of(chirp_.back());
      filter_[static_cast<std::size_t>(k)] = filter_[static_cast<std::size_t>((length - k) % length)] = factor;
    }
    std::vector<Complex> work(static_cast<std::size_t>(length));
    inner_->run(filter_.data(), work.data());
    for (Complex& value : filter_) value = value * Complex{1 / static_cast<double>(length), 0};
  }

  void run_convolution(Complex* x, Complex* work) const {
    const std::int64_t length = inner_->n_;
    Complex* const spread = work + length;
    for (std::int64_t k = 0; k < length; k++) spread[k] = k < n_ ? x[k] * chirp_[static_cast<std::size_t>(k)] : Complex{};
    inner_->run(spread, work);
    // Back by the same transform of the conjugate.
    for (std::int64_t k = 0; k < length; k++) spread[k] = conjugate_of(spread[k] * filter_[static_cast<std::size_t>(k)]);
    inner_->run(spread, work);
    for (std::int64_t k = 0; k < n_; k++) x[k] = conjugate_of(spread[k]) * chirp_[static_cast<std::size_t>(k)];
  }

  std::int64_t n_;
  int sign_;
  std::vector<std::int64_t> radices_;
  std::vector<Complex> roots_;
  std::unique_ptr<Transform> inner_;  ///< Bluestein's
  std::vector<Complex> chirp_, filter_;
};

// Attributes of dft: axis, counted from the front; reverse, 1 for the sign + in the exponent. Nothing is scaled.

void infer_dft(const Call& call, OutputSpecs& outputs) {
  const Tensor& z = call.input();
  const std::int64_t axis = call.attributes.integer(Key::kAxis);
  if (z.rank() < 2 || z.size(-1) != 2 || axis < 0 || axis >= z.rank() - 1)
    throw Error("axis " + std::to_string(axis) + " of " + to_text(z.shape()) + ", expected complex numbers [.., n, .., 2]");
  outputs.add(z.shape(), z.dtype());
}

/// The offset of line `index`: all axes but `axis` and the last are counted.
std::int64_t line_offset(const Dims& shape, const Dims& strides, int axis, std::int64_t index) {
  std::int64_t offset = 0;
  for (int i = shape.size() - 2; i >= 0; i--) {
    if (i == axis) continue;
    offset += index % shape[i] * strides[i];
    index /= shape[i];
  }
  return offset;
}

void transform_lines(const Call& call, std::span<Tensor> outputs) {
  const Tensor &in = call.input(), &out = outputs[0];
  const auto axis = static_cast<int>(call.attributes.integer(Key::kAxis));
  const std::int64_t n = in.shape()[axis];
  if (in.count() == 0) return;
  const Transform transform(n, call.attributes.integer(Key::kReverse) == 0 ? -1 : 1);
  with_type_of<Domain::kFloating>(in.dtype(), [&]<class T>() {
    const auto lines = [&](std::int64_t begin, std::int64_t end) {
      std::vector<Complex> line(static_cast<std::size_t>(n)), work(static_cast<std::size_t>(transform.work_size()));
      for (std::int64_t i = begin; i < end; i++) {
        const T* const from = in.raw_as<T>() + line_offset(in.shape(), in.strides(), axis, i);
        T* const to = out.raw_as<T>() + line_offset(out.shape(), out.strides(), axis, i);
        const std::int64_t step = in.strides()[axis], part = in.strides().back(), out_step = out.strides()[axis];
        for (std::int64_t k = 0; k < n; k++)
          line[static_cast<std::size_t>(k)] = {static_cast<double>(from[k * step]), static_cast<double>(from[k * step + part])};
        transform.run(line.data(), work.data());
        for (std::int64_t k = 0; k < n; k++) {
          to[k * out_step] = static_cast<T>(static_cast<Computed<T>>(line[static_cast<std::size_t>(k)].re));
          to[k * out_step + 1] = static_cast<T>(static_cast<Computed<T>>(line[static_cast<std::size_t>(k)].im));
        }
      }
    };
    Context& context = Context::current();
    parallel_for(context.pool(), in.count() < kParallelElements ? 1 : context.threads(), in.count() / (2 * n),
                 std::max<std::int64_t>(1, kParallelElements / (4 * n)), lines);
  });
}

enum class Exponent : std::int64_t { kMinus, kPlus };

Tensor dft(const Tensor& z, int axis, Exponent sign) {
  return apply_one(OpId::kDft, {z}, {{Key::kAxis, std::int64_t{axis}}, {Key::kReverse, static_cast<std::int64_t>(sign)}}, {});
}

const Op kRows[] = {
    {.id = OpId::kDft,
     .name = "dft",
     .types = TypeRule::kFloating,
     .infer = infer_dft,
     .reference = transform_lines,
     .gradient =
         [](G& c) {
           const bool reversed = c.attributes().integer(Key::kReverse) != 0;
           c.set(0, dft(c.gradient(), static_cast<int>(c.attributes().integer(Key::kAxis)), reversed ? Exponent::kMinus : Exponent::kPlus));
         },
     .autocast = Autocast::kF32,
     .onnx = "DFT",
     .samples =
         [](SampleList& list) {
           for (const std::int64_t n : {1, 2, 8, 12, 15, 67}) list.add({list.numbers({n, 2})}, {{Key::kAxis, 0}, {Key::kReverse, n % 2}});
           list.add({list.numbers({2, 4, 3, 2}).permute({2, 1, 0, 3})}, {{Key::kAxis, 1}, {Key::kReverse, 0}});
           list.add({list.numbers({3, 0, 2})}, {{Key::kAxis, 0}, {Key::kReverse, 0}});
         }},
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
};

Plan planned(int rank, Dims axes, Dims sizes) {
  if (axes.empty()) {
    const int count = sizes.empty() ? rank : sizes.size();
    for (int i = 0; i < count; i++) axes.push_back(i - count);
  }
  if (sizes.empty()) sizes = Dims::filled(axes.size(), -1);
  if (sizes.size() != axes.size())
    throw OpError("fft: " + std::to_string(sizes.size()) + " sizes for " + std::to_string(axes.size()) + " axes");
  for (std::int64_t& axis : axes) axis = checked_axis(axis, rank);
  return {axes, sizes};
}

/// Cut or padded with zeros to n.
Tensor resized(const Tensor& x, std::int64_t axis, std::int64_t n) {
  const auto i = static_cast<int>(axis);
  if (n == -1) n = x.size(i);
  if (n < 1) throw OpError("fft: " + std::to_string(n) + " numbers along axis " + std::to_string(axis) + ", expected at least 1");
  if (n == x.size(i)) return x;
  Dims after = Dims::filled(x.rank(), 0);
  after[i] = n - x.size(i);
  return pad(x, Dims::filled(x.rank(), 0), after);
}

Tensor scaled(const Tensor& z, FourierNorm norm, Exponent sign, double count) {
  if (norm == FourierNorm::kOrtho) return z * (1 / std::sqrt(count));
  return (norm == FourierNorm::kForward) == (sign == Exponent::kMinus) ? z * (1 / count) : z;
}

Tensor transformed(const Operand& operand, const Dims& sizes, const Dims& axes, FourierNorm norm, Exponent sign) {
  const WideScope scope(operand);
  Tensor z = scope.widen(operand);
  const Plan plan = planned(z.rank() - 1, axes, sizes);
  double count = 1;
  for (int i = 0; i < plan.axes.size(); i++) {
    z = resized(z, plan.axes[i], plan.sizes[i]);
    count *= static_cast<double>(z.size(static_cast<int>(plan.axes[i])));
    z = dft(z, static_cast<int>(plan.axes[i]), sign);
  }
  return scope.narrow(scaled(z, norm, sign, count));
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
    x = resized(x, plan.axes[i], plan.sizes[i]);
    count *= static_cast<double>(x.size(static_cast<int>(plan.axes[i])));
  }
  const int halved = static_cast<int>(plan.axes.back());
  const std::int64_t n = x.size(halved);
  Tensor z = dft(complex(x, zeros({}, x.dtype()).expand(x.shape())), halved, Exponent::kMinus).slice(halved, 0, n / 2 + 1);
  for (int i = plan.axes.size() - 2; i >= 0; i--) z = dft(z, static_cast<int>(plan.axes[i]), Exponent::kMinus);
  return scope.narrow(scaled(z, norm, Exponent::kMinus, count));
}

Tensor irfftn(const Operand& operand, const Dims& sizes, const Dims& axes, FourierNorm norm) {
  const WideScope scope(operand);
  Tensor z = scope.widen(operand);
  const Plan plan = planned(z.rank() - 1, axes, sizes);
  const int halved = static_cast<int>(plan.axes.back());
  const std::int64_t n = plan.sizes.back() == -1 ? 2 * (z.size(halved) - 1) : plan.sizes.back();
  if (n < 1) throw OpError("irfft: " + std::to_string(n) + " numbers along axis " + std::to_string(halved) + ", expected at least 1");
  double count = static_cast<double>(n);
  for (int i = 0; i + 1 < plan.axes.size(); i++) {
    z = resized(z, plan.axes[i], plan.sizes[i]);
    count *= static_cast<double>(z.size(static_cast<int>(plan.axes[i])));
    z = dft(z, static_cast<int>(plan.axes[i]), Exponent::kPlus);
  }
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
