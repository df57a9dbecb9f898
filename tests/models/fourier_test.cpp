// Fourier's transform beside its sum.
#include <gtest/gtest.h>

#include <complex>
#include <numbers>

#include "tests/models/gradient_check.h"

namespace argent::tensor {
namespace {

/// The sum of the definition, of rank 1.
std::vector<double> transform_by_definition(const std::vector<double>& z, double sign) {
  const std::size_t n = z.size() / 2;
  std::vector<double> result;
  for (std::size_t k = 0; k < n; k++) {
    std::complex<double> sum = 0;
    for (std::size_t j = 0; j < n; j++) {
      const double angle = sign * 2 * std::numbers::pi * static_cast<double>(j * k % n) / static_cast<double>(n);
      sum += std::complex(z[2 * j], z[2 * j + 1]) * std::polar(1.0, angle);
    }
    result.push_back(sum.real());
    result.push_back(sum.imag());
  }
  return result;
}

TEST(Fourier, OfEveryLengthIsItsSum) {
  for (std::int64_t n = 1; n <= 140; n++) {
    const Tensor z = test_numbers({n, 2}, -1, 1, static_cast<std::uint64_t>(n));
    expect_values(fft(z), transform_by_definition(z.values(), -1), 2e-13);
    expect_values(ifft(z, -1, -1, FourierNorm::kForward), transform_by_definition(z.values(), 1), 2e-13);
  }
  for (const std::int64_t n : {1024, 1000, 1009, 1018, 4096}) {  // powers, mixed, a prime, twice a prime
    const Tensor z = test_numbers({n, 2}, -1, 1);
    expect_values(fft(z), transform_by_definition(z.values(), -1), 2e-12);
    expect_close(ifft(fft(z)), z);
  }
}

TEST(Fourier, RealTransformsAreTheComplexOnes) {
  for (const std::int64_t n : {1, 2, 5, 6, 9}) {
    const Tensor x = test_numbers({3, n, 2}, -1, 1);
    const Tensor full_transform = fft(complex(x, zeros(x.shape(), DType::kF64)), -1, 1);
    expect_close(rfft(x, -1, 1), full_transform.slice(1, 0, n / 2 + 1));
    expect_close(irfft(rfft(x, -1, 1), n, 1), x);
    expect_close(irfft(rfft(x, -1, -2, FourierNorm::kOrtho), n, -2, FourierNorm::kOrtho), x);
  }
  // What is no transform of anything real: the imaginary parts at 0 and n / 2 are left out.
  const Tensor z = test_numbers({3, 2}, -1, 1);
  Tensor clean = z.clone();
  clean.select(1, 1).slice(0, 0, 3, 2).assign(0);
  expect_close(irfft(z), irfft(clean));
  EXPECT_EQ(irfft(z).size(0), 4);
}

TEST(Fourier, OfSeveralAxes) {
  const Tensor x = test_numbers({2, 4, 6}, -1, 1), z = test_numbers({3, 4, 5, 2}, -1, 1, 2);
  expect_close(rfft2(x), fft(rfft(x, -1, 2), -1, 1));
  expect_close(irfft2(rfft2(x)), x);
  expect_close(irfftn(rfftn(x, {}, {}, FourierNorm::kForward), {2, 4, 6}, {}, FourierNorm::kForward), x);
  expect_close(fftn(z), fft(fft(fft(z, -1, 0), -1, 1), -1, 2));
  expect_close(fftn(z, {7}), fft(z, 7));
  expect_close(fftn(z, {2, 8}, {0, 2}), fft(fft(z, 2, 0), 8, 2));
  expect_close(ifftn(fftn(z, {}, {1, 2}, FourierNorm::kOrtho), {}, {1, 2}, FourierNorm::kOrtho), z);
  // Parseval
  EXPECT_NEAR(sum(square(fftn(z, {}, {}, FourierNorm::kOrtho))).item(), sum(square(z)).item(), 1e-11);
}

TEST(Fourier, ConvolvesInACircle) {
  const Tensor x = test_numbers({5, 6}, -1, 1), kernel = test_numbers({5, 6}, -1, 1, 2);
  const Tensor product = irfft2(complex_multiply(rfft2(x), rfft2(kernel)));
  double expected = 0;  // at (1, 2)
  const std::vector<double> a = x.values(), b = kernel.values();
  for (std::size_t i = 0; i < 5; i++) {
    for (std::size_t j = 0; j < 6; j++) expected += a[i * 6 + j] * b[(1 + 5 - i) % 5 * 6 + (2 + 6 - j) % 6];
  }
  EXPECT_NEAR(product.select(0, 1).select(0, 2).item(), expected, 1e-12);
}

TEST(Fourier, HasGradients) {
  const Tensor x = test_numbers({3, 5}, -1, 1), z = test_numbers({3, 4, 2}, -1, 1);
  expect_gradients([](auto in) { return square(rfft2(in[0], {4, 4})); }, {x});
  expect_gradients([](auto in) { return square(irfft(in[0], 7, 1)); }, {z});
  expect_gradients([](auto in) { return complex_multiply(fft(in[0]), conjugate(in[0])); }, {z});
}

TEST(Fourier, KeepsTheTypeAndSaysWhatIsWrong) {
  const Tensor x = test_numbers({8}, -1, 1, 1, DType::kF16);
  EXPECT_EQ(rfft(x).dtype(), DType::kF16);
  EXPECT_EQ(rfft(arange(4)).dtype(), DType::kF32);
  expect_error([&] { rfft(x, 0); }, "fft: 0 numbers along axis 0, expected at least 1");
  expect_error([&] { fft(test_numbers({3, 4}, 0, 1)); }, "expected complex numbers");
  expect_error([&] { rfftn(x, {1, 2}, {0}); }, "fft: 2 sizes for 1 axes");
}

TEST(Fourier, ShiftsBackAndForth) {
  expect_values(fftshift(arange(5)), {3, 4, 0, 1, 2});
  expect_values(ifftshift(fftshift(arange(5))), {0, 1, 2, 3, 4});
  expect_values(fftshift(arange(6).view({2, 3}), {1}), {2, 0, 1, 5, 3, 4});
}

}  // namespace
}  // namespace argent::tensor
