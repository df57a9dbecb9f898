#include "calibration/synthesis/known_random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace argent {
namespace {

constexpr int kDraws = 200'000;

double log_poisson(double mean, double k) { return k * std::log(mean) - mean - std::lgamma(k + 1); }

/// Pearson's chi-square of draws against Poisson's probabilities, in classes that expect 50 draws at least; in standard deviations of
/// chi-square's.
double chi_square_excess(double mean) {
  const auto most = static_cast<std::size_t>(mean + 12 * std::sqrt(mean) + 30);
  std::vector<double> seen(most + 1);
  for (int i = 0; i < kDraws; i++) {
    const double k = KnownRandom(7, KnownStream::kPixel, static_cast<std::uint64_t>(i)).poisson(mean);
    EXPECT_EQ(k, std::floor(k));
    EXPECT_GE(k, 0);
    seen[std::min(most, static_cast<std::size_t>(k))]++;
  }
  double chi = 0, classes = 0, expected = 0, found = 0, left_expected = kDraws, left_found = kDraws;
  for (std::size_t k = 0; k <= most; k++) {
    expected += kDraws * std::exp(log_poisson(mean, double(k)));
    found += seen[k];
    if (expected < 50 || left_expected - expected < 50) continue;
    chi += (found - expected) * (found - expected) / expected;
    left_expected -= expected;
    left_found -= found;
    classes++;
    expected = found = 0;
  }
  chi += (left_found - left_expected) * (left_found - left_expected) / left_expected;
  return (chi - classes) / std::sqrt(2 * classes);
}

TEST(KnownRandom, PoissonHasItsProbabilities) {
  for (const double mean : {0.3, 3.0, 9.9, 10.1, 25.0, 200.0, 5000.0}) EXPECT_LT(std::abs(chi_square_excess(mean)), 5) << mean;
}

TEST(KnownRandom, PoissonOfNothingIsNothing) {
  KnownRandom random(1, KnownStream::kPixel, 0);
  EXPECT_EQ(random.poisson(0), 0);
  EXPECT_EQ(random.poisson(std::nan("")), 0);
  EXPECT_EQ(random.poisson(INFINITY), 1e15);
}

TEST(KnownRandom, NormalHasItsMomentsAndTails) {
  double sum = 0, squares = 0, fourth = 0, beyond2 = 0, beyond4 = 0;
  constexpr int kMany = 1'000'000;
  for (int i = 0; i < kMany; i++) {
    const double x = KnownRandom(3, KnownStream::kPixel, static_cast<std::uint64_t>(i)).normal();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    beyond2 += std::abs(x) > 2;
    beyond4 += std::abs(x) > 4;
  }
  EXPECT_NEAR(sum / kMany, 0, 5e-3);
  EXPECT_NEAR(squares / kMany, 1, 5 * std::sqrt(2.0 / kMany));
  EXPECT_NEAR(fourth / kMany, 3, 5 * std::sqrt(96.0 / kMany));
  EXPECT_NEAR(beyond2 / kMany, 0.0455, 5 * std::sqrt(0.0455 / kMany));
  EXPECT_NEAR(beyond4, 63.3, 5 * 8);  // of a sum of uniforms none would be there
}

TEST(KnownRandom, StreamsDoNotTouch) {
  for (std::uint64_t i = 0; i < 100; i++) {
    EXPECT_NE(KnownRandom(1, KnownStream::kPixel, i).bits(), KnownRandom(1, KnownStream::kRow, i).bits());
    EXPECT_NE(KnownRandom(1, KnownStream::kPixel, i).bits(), KnownRandom(2, KnownStream::kPixel, i).bits());
    EXPECT_NE(KnownRandom(1, KnownStream::kPixel, i).bits(), KnownRandom(1, KnownStream::kPixel, i + 1).bits());
  }
}

}  // namespace
}  // namespace argent
