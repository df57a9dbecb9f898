#include "calibration/contest/raspberry_pi_cdaf.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr double kRatio = 0.75;
constexpr double kFigure = 1 << 20;  // contrast in whole numbers, as the hardware's: hundredths are nothing beside it
constexpr std::size_t kFinePoints = 3;

/// What the hardware's threshold leaves of noise in a figure, in units of Statistics::Zone::focus: a stable floor, where our score, whose
/// noise was taken away in the mean, is a few random numbers about 0. White noise of variance v gives 12 v (focus_energy.h), green is the
/// mean of two samples; the tuning's noise is slope x sqrt(16-bit code x gain).
double noise_floor(double level, double gain) {
  constexpr double kSlope = 2.856, kFullScale = 65536;
  constexpr double kLeft = 0.1;  // assumed; from 0.03 to 0.5 the anchor does the same
  return level > 0 ? kLeft * 12 * kSlope * kSlope / kFullScale * gain / (2 * level) : 0;
}

/// Middle half of the columns, middle third of the rows.
double window_contrast(const Statistics& s) {
  double sum = 0, zones = 0;
  for (int row = s.rows / 3; row < s.rows - s.rows / 3; row++) {
    for (int column = s.columns / 4; column < s.columns - s.columns / 4; column++) {
      const Statistics::Zone& zone = s.zone(column, row);
      sum += zone.focus[0] + noise_floor(zone.mean[1], s.applied.settings.analogue_gain);
      zones += 1;
    }
  }
  return zones > 0 ? kFigure * sum / zones : 0;
}

}  // namespace

/// Vertex of the parabola through the best point and its neighbors, not beyond them; at an end of the scan, through the three there.
double RaspberryPiCdaf::peak() const {
  constexpr double kFlat = 1.0 / 64;
  if (points_.size() < 3) return points_[best_].position;
  const std::size_t i = std::clamp<std::size_t>(best_, 1, points_.size() - 2);
  const Point &a = points_[i - 1], &b = points_[i], &c = points_[i + 1];
  const double ax = a.position - b.position, ay = a.contrast - b.contrast, cx = c.position - b.position, cy = c.contrast - b.contrast;
  const double twice = 2 * (ay * cx - cy * ax);
  if (std::abs(twice) < kFlat || twice * ax <= 0) return points_[best_].position;
  return b.position + std::clamp((ay * cx * cx - cy * ax * ax) / twice, std::min(ax, cx), std::max(ax, cx));
}

void RaspberryPiCdaf::start() {
  points_.clear();
  most_ = 0;
  least_ = 1e9;
  frames_ = 0;
  target_ = range_.min;
  step_ = speed_.coarse;
  scan_ = Scan::kCoarse;
  state_ = AfState::kScanning;
  wait_ = speed_.step_frames;
  move();
}

void RaspberryPiCdaf::record(double contrast) {
  if (points_.empty() || contrast > most_) {
    most_ = contrast;
    best_ = points_.size();
  }
  least_ = std::min(least_, contrast);
  points_.push_back({target_, contrast});
}

void RaspberryPiCdaf::next_step(double contrast) {
  record(contrast);
  const bool at_limit = step_ >= 0 ? target_ >= range_.max : target_ <= range_.min;
  const bool fine_done = scan_ == Scan::kFine && points_.size() >= kFinePoints;
  if (!at_limit && !fine_done && contrast >= kRatio * most_) {
    target_ += step_;
  } else if (scan_ == Scan::kFine || speed_.fine <= 0) {
    target_ = peak();
    scan_ = Scan::kSettle;
    points_.clear();
  } else {
    const double fine = std::copysign(speed_.fine, step_);
    target_ = std::clamp<double>(peak() + fine, range_.min, range_.max);
    step_ = -fine;
    scan_ = Scan::kFine;
    points_.clear();
  }
  wait_ = target_ == position_ ? 0 : speed_.step_frames;
}

/// A step when the lens has got where it was sent, and some frames more for the statistics.
void RaspberryPiCdaf::follow(double contrast) {
  if (scan_ == Scan::kIdle || position_ != target_) return;
  if (wait_ > 0) {
    wait_--;
  } else if (scan_ == Scan::kSettle) {
    state_ = contrast >= kRatio * most_ && least_ <= kRatio * most_ ? AfState::kFocused : AfState::kFailed;
    scan_ = Scan::kIdle;
  } else {
    next_step(contrast);
  }
}

void RaspberryPiCdaf::move() {
  if (scan_ != Scan::kIdle) target_ = std::clamp<double>(target_, range_.min, range_.max);
  position_ = std::clamp(target_, position_ - speed_.max_slew, position_ + speed_.max_slew);
}

FocusTrace RaspberryPiCdaf::update(const Statistics& statistics, const Request& request) {
  if (!placed_) target_ = position_ = statistics.applied.settings.lens_position;
  placed_ = true;
  speed_ = request.af_speed == AfSpeed::kFast ? kFast : kNormal;
  if (request.af_mode == AfMode::kAuto && request.af_trigger == AfTrigger::kStart && scan_ == Scan::kIdle) start();
  if (scan_ != Scan::kIdle) frames_++;
  follow(last_contrast_);
  move();
  last_contrast_ = window_contrast(statistics);
  FocusTrace out;
  out.state = state_;
  out.score = {static_cast<float>(last_contrast_ / kFigure), 0};
  out.lens_position = statistics.applied.settings.lens_position;
  out.target = static_cast<float>(position_);
  out.frames_searched = frames_;
  return out;
}

}  // namespace argent
