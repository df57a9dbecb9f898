#include "models/kernels/fourier.h"

#include <cmath>
#include <memory>
#include <numbers>
#include <utility>
#include <vector>

#include "models/kernels/element_loops.h"

namespace argent::kernels {
namespace {

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

}  // namespace

void dft(const Array& out, const Array& in, int axis, int sign) {
  const std::int64_t n = in.shape()[axis];
  if (in.count() == 0) return;
  const Transform transform(n, sign);
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

}  // namespace argent::kernels
