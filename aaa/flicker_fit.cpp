#include "aaa/flicker_fit.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int kProfileMemory = 32;  // frames
constexpr double kStanding = 0.1;   // power of a pattern's running mean, of a still pattern's, from which on it is taken to stand
constexpr double kOutlier = 3;      // times the median size of a change
constexpr double kRidge = 0.004;    // of the power that a free pattern has: amplitudes that hardly show are held small

double sinc(double x) { return std::abs(x) < 1e-9 ? 1 : std::sin(kPi * x) / (kPi * x); }

void take_off_mean(const BandRow& row, std::array<double, BandRow::kMaxBins>& values) {
  double sum = 0;
  for (int i = 0; i < row.bins; i++) sum += row.valid[static_cast<std::size_t>(i)] ? values[static_cast<std::size_t>(i)] : 0;
  for (int i = 0; i < row.bins; i++) values[static_cast<std::size_t>(i)] -= sum / row.valid_bins;
}

struct Solved {
  double a, b;
};

Solved solve(double cc, double cs, double ss, double cy, double sy, double ridge) {
  const double p = cc + ridge, q = ss + ridge, det = p * q - cs * cs;
  if (!(det > 0)) return {0, 0};
  return {(q * cy - cs * sy) / det, (p * sy - cs * cy) / det};
}

/// Less its mean, slope and bend, which light from a window or a lens's shading have.
std::array<double, BandRow::kMaxBins> without_slope(std::array<double, BandRow::kMaxBins> values, int bins) {
  double mean_square = 0;
  const auto at = [&](int i) { return 2.0 * i / (bins - 1) - 1; };
  for (int i = 0; i < bins; i++) mean_square += at(i) * at(i) / bins;
  for (int degree = 0; degree <= 2; degree++) {
    const auto basis = [&](int i) { return degree == 0 ? 1.0 : degree == 1 ? at(i) : at(i) * at(i) - mean_square; };
    double product = 0, square = 0;
    for (int i = 0; i < bins; i++) {
      product += values[static_cast<std::size_t>(i)] * basis(i);
      square += basis(i) * basis(i);
    }
    for (int i = 0; i < bins; i++) values[static_cast<std::size_t>(i)] -= product / square * basis(i);
  }
  return values;
}

}  // namespace

std::array<double, BandRow::kMaxBins> BandProfile::pass(const BandRow& row, const std::array<double, BandRow::kMaxBins>& values) {
  if (frames_ == 0) seen_.fill(0);
  std::array<double, BandRow::kMaxBins> out{};
  for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
    if (!row.valid[i]) continue;
    out[i] = seen_[i] > 0 ? values[i] - mean_[i] : 0;
    if (seen_[i] == 0) mean_[i] = values[i];
    seen_[i] = std::min(seen_[i] + 1, kProfileMemory);
    mean_[i] += (values[i] - mean_[i]) / seen_[i];
  }
  frames_++;
  return out;
}

void FlickerFit::clear() { *this = FlickerFit(hertz_, direction_); }

void FlickerFit::add(const BandRow& row, const std::array<double, BandRow::kMaxBins>& residual) {
  std::array<double, BandRow::kMaxBins> c{}, s{};
  const double gain = flicker_strength(hertz_, row.exposure);
  const double start = 2 * kPi * direction_ * std::fmod(hertz_ * row.first_time, 1.0), step = 2 * kPi * hertz_ * row.bin_time;
  // A turning pointer: two sines a frame.
  double x = gain * std::cos(start), y = gain * std::sin(start);
  const double turn_x = std::cos(step), turn_y = std::sin(step);
  // A bin is a mean over its own time as well.
  const double bin = sinc(hertz_ * row.bin_time);
  for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
    c[i] = x * bin;
    s[i] = y * bin;
    const double next = x * turn_x - y * turn_y;
    y = x * turn_y + y * turn_x;
    x = next;
  }
  take_off_mean(row, c);
  take_off_mean(row, s);
  c = cosine_.pass(row, c);
  s = sine_.pass(row, s);
  for (double* sum : {&cc_, &cs_, &ss_, &cy_, &sy_, &power_}) *sum *= kFlickerMemory;
  for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
    if (!row.valid[i]) continue;
    cc_ += c[i] * c[i];
    cs_ += c[i] * s[i];
    ss_ += s[i] * s[i];
    cy_ += c[i] * residual[i];
    sy_ += s[i] * residual[i];
  }
  power_ += row.valid_bins * gain * gain;
  strength_ = std::abs(gain);
  bins_ = row.bins;
}

double FlickerFit::explained() const {
  const Solved f = solve(cc_, cs_, ss_, cy_, sy_, kRidge * power_);
  return std::max(0.0, f.a * cy_ + f.b * sy_);
}

double FlickerFit::amplitude() const {
  const Solved f = solve(cc_, cs_, ss_, cy_, sy_, kRidge * power_);
  return std::hypot(f.a, f.b);
}

double FlickerFit::visibility() const {
  // Sum of the weights of the frames in memory, times bins.
  const double frames = cosine_.frames() > 0 ? (1 - std::pow(kFlickerMemory, cosine_.frames())) / (1 - kFlickerMemory) : 0;
  return frames > 0 && bins_ > 0 ? std::sqrt(power_ / (frames * bins_)) : 0;
}

double FlickerFit::observability() const { return power_ > 0 ? std::min((cc_ + ss_) / power_, 1.0) : 0; }

double FlickerFit::standing_amplitude(const BandProfile& levels) const {
  if (bins_ < 8 || cosine_.frames() == 0) return 0;
  const auto y = without_slope(levels.mean(), bins_), c = without_slope(cosine_.mean(), bins_), s = without_slope(sine_.mean(), bins_);
  double cc = 0, cs = 0, ss = 0, cy = 0, sy = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(bins_); i++) {
    cc += c[i] * c[i];
    cs += c[i] * s[i];
    ss += s[i] * s[i];
    cy += c[i] * y[i];
    sy += s[i] * y[i];
  }
  // A pattern that moves has a running mean near nothing.
  if (cc + ss < kStanding * bins_ * strength_ * strength_) return 0;
  const Solved f = solve(cc, cs, ss, cy, sy, 0.01 * (cc + ss));
  return std::hypot(f.a, f.b);
}

double flicker_strength(double hertz, double exposure) { return sinc(hertz * exposure); }

double bound_outliers(const BandRow& row, double times, std::array<double, BandRow::kMaxBins>& values) {
  std::array<double, BandRow::kMaxBins> sizes{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
    if (row.valid[i]) sizes[count++] = std::abs(values[i]);
  }
  if (count == 0) return 0;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(sizes.begin(), middle, sizes.begin() + static_cast<std::ptrdiff_t>(count));
  const double bound = times * *middle;
  double sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
    values[i] = std::clamp(values[i], -bound, bound);
    sum += values[i] * values[i];
  }
  return sum;
}

void FlickerJump::clear() { *this = FlickerJump(hertz_); }

void FlickerJump::add(const BandRow& row) {
  const double phase = 2 * kPi * std::fmod(hertz_ * row.first_time, 1.0);
  const std::complex<double> light = flicker_strength(hertz_, row.exposure) * std::polar(1.0, phase);
  if (last_.bins == row.bins) {
    std::array<double, BandRow::kMaxBins> change{};
    BandRow both = row;
    both.valid_bins = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
      both.valid[i] = row.valid[i] && last_.valid[i];
      both.valid_bins += both.valid[i];
      change[i] = both.valid[i] ? row.log_level[i] - last_.log_level[i] : 0;
    }
    bound_outliers(both, kOutlier, change);
    std::complex<double> seen;
    const double step = 2 * kPi * hertz_ * row.bin_time;
    const std::complex<double> turn = std::polar(1.0, -step);
    std::complex<double> pointer = 1;
    for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
      seen += change[i] * pointer;
      pointer *= turn;
    }
    seen *= 2.0 / std::max(both.valid_bins, 1);
    const std::complex<double> expected = light - last_light_;
    const auto add_to = [](Sums& sums, std::complex<double> change, std::complex<double> light_change) {
      sums.product = kJumpMemory * sums.product + change * std::conj(light_change);
      sums.light = kJumpMemory * sums.light + std::norm(light_change);
      sums.change = kJumpMemory * sums.change + std::norm(change);
    };
    add_to(first_, seen, expected);
    if (frames_ > 0) add_to(second_, seen - last_seen_, expected - last_expected_);
    last_seen_ = seen;
    last_expected_ = expected;
    frames_ = kJumpMemory * frames_ + 1;
  }
  last_ = row;
  last_light_ = light;
}

double FlickerJump::Sums::amplitude() const { return light > 1e-4 ? std::abs(product) / light : 0; }

double FlickerJump::Sums::significance(double frames) const {
  if (light <= 1e-4 || frames < 3) return 0;
  const double explained = std::norm(product) / light, rest = std::max(change - explained, 1e-12) / frames;
  return std::sqrt(explained / rest);
}

const FlickerJump::Sums& FlickerJump::better() const {
  return second_.significance(frames_) > first_.significance(frames_) ? second_ : first_;
}

double FlickerJump::amplitude() const { return better().amplitude(); }

double FlickerJump::leverage() const { return std::sqrt(first_.light); }

double FlickerJump::significance() const { return better().significance(frames_); }

}  // namespace argent
