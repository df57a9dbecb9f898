// aaa/flicker_fit.h - private: how much of the rows' change over time a light that pulses at one frequency explains.
//
// Source: own. The log of a band's mean is scene(band) + level(frame) + g (a cos + b sin)(2 pi f t), where t is the middle of the
// band's exposure and g = sinc(f x exposure time) is what the exposure leaves of the pulsing. The scene goes when every band loses its
// running mean, the level when every frame loses its own; cos and sin go through the same two filters, which are linear, so that what
// is left is a least squares problem in a and b, summed over frames. It needs no model of the scene, holds for any frame rate, and sees
// a pattern that stands still as soon as the exposure time changes g: stripes stay as they are, light does not.
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <span>

namespace argent {

/// One frame's rows as the fits want them.
struct BandRow {
  static constexpr int kMaxBins = 96;
  int bins = 0;
  std::array<double, kMaxBins> log_level{};  ///< mean over the valid ones taken off
  std::array<bool, kMaxBins> valid{};
  int valid_bins = 0;
  double first_time = 0, bin_time = 0;  ///< seconds: the middle of the first bin's exposure, and from bin to bin
  double exposure = 0;                  ///< seconds
};

/// The residual of the scene: what each band's level is off its running mean.
class BandProfile {
 public:
  void clear() { frames_ = 0; }
  int frames() const { return frames_; }
  /// `values` less the running mean so far; the mean then takes them in.
  std::array<double, BandRow::kMaxBins> pass(const BandRow& row, const std::array<double, BandRow::kMaxBins>& values);
  const std::array<double, BandRow::kMaxBins>& mean() const { return mean_; }

 private:
  std::array<double, BandRow::kMaxBins> mean_{};
  std::array<int, BandRow::kMaxBins> seen_{};
  int frames_ = 0;
};

class FlickerFit {
 public:
  FlickerFit() = default;
  /// `direction` -1: the pattern's mirror in time, which moves the other way. No light does that; subjects go both ways.
  explicit FlickerFit(double hertz, int direction = 1) : hertz_(hertz), direction_(direction) {}

  void clear();
  /// `residual`: the levels after BandProfile::pass, robustly bounded.
  void add(const BandRow& row, const std::array<double, BandRow::kMaxBins>& residual);

  double strength() const { return strength_; }  ///< |sinc|: what the last frame's exposure leaves of the pulsing, with its sign lost
  double explained() const;                      ///< sum of squares of the residual that the pulsing explains
  double amplitude() const;                      ///< of the light itself
  double visibility() const;                     ///< rms strength over the frames in memory
  double observability() const;                  ///< 0: the pattern stands still, nothing can be said; 1: it moves freely
  double standing_amplitude(const BandProfile& levels) const;  ///< of the light, were all that stands still in the rows due to it

 private:
  double hertz_ = 100;
  int direction_ = 1;
  BandProfile cosine_, sine_;
  double cc_ = 0, cs_ = 0, ss_ = 0, cy_ = 0, sy_ = 0, power_ = 0;
  double strength_ = 0;
  int bins_ = 0;
};

/// The same for a pattern that stands still: what changes from one frame to the next, at this frequency along the rows, when the
/// exposure time changes, against what changes in the other frames. A complex number a frame; phases are the light's.
class FlickerJump {
 public:
  FlickerJump() = default;
  explicit FlickerJump(double hertz) : hertz_(hertz) {}

  void clear();
  void add(const BandRow& row);

  double amplitude() const;     ///< of the light
  double significance() const;  ///< of that amplitude, in standard deviations of a frame's change
  double leverage() const;      ///< how much the strength has changed lately

 private:
  double hertz_ = 100;
  struct Sums {
    std::complex<double> product;
    double light = 0, change = 0;
    double amplitude() const;
    double significance(double frames) const;
  };
  const Sums& better() const;

  BandRow last_;
  std::complex<double> last_light_, last_seen_, last_expected_;
  Sums first_, second_;  ///< of the changes, and of the changes' changes, in which a subject in smooth motion cancels
  double frames_ = 0;
};

/// Of the sums over frames; the frame before counts this much.
inline constexpr double kFlickerMemory = 0.95, kJumpMemory = 0.92;

/// What an exposure (s) leaves of a pulsing: sinc, with its sign.
double flicker_strength(double hertz, double exposure);

/// Bounds values to `times` their median size: a subject that crosses part of the rows counts little. The square sum of what is left.
double bound_outliers(const BandRow& row, double times, std::array<double, BandRow::kMaxBins>& values);

}  // namespace argent
