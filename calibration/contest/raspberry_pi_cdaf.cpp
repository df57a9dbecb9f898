#include "calibration/contest/raspberry_pi_cdaf.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr double kCoarse = 1, kFine = 0.25, kRatio = 0.75;
constexpr int kStepFrames = 4, kFinePoints = 3;

/// Middle half of the width, middle third of the height.
double window_contrast(const Statistics& s) {
  double sum = 0, weights = 0;
  for (int row = 0; row < s.rows; row++) {
    for (int column = 0; column < s.columns; column++) {
      const double x = (column + 0.5) / s.columns, y = (row + 0.5) / s.rows;
      if (std::abs(x - 0.5) > 0.25 || std::abs(y - 0.5) > 1.0 / 6) continue;
      sum += s.zone(column, row).focus[0];
      weights += 1;
    }
  }
  return weights > 0 ? sum / weights : 0;
}

}  // namespace

bool RaspberryPiCdaf::at_limit() const { return (direction_ >= 0 && target_ >= range_.max) || (direction_ <= 0 && target_ <= range_.min); }

/// Vertex of the parabola through the best and its neighbors.
double RaspberryPiCdaf::peak() const {
  const Point& middle = points_[best_];
  if (best_ == 0 || best_ + 1 >= points_.size()) return middle.position;
  const Point& a = points_[best_ - 1];
  const Point& b = points_[best_ + 1];
  const double up = middle.contrast - a.contrast, down = middle.contrast - b.contrast;
  if (up < 0 || down < 0 || up + down <= 0) return middle.position;
  return middle.position + (b.position - a.position) / 4 * (up - down) / (up + down);
}

void RaspberryPiCdaf::start(double position) {
  points_.clear();
  best_ = 0;
  frames_ = 0;
  target_ = std::clamp<double>(position, range_.min, range_.max);
  direction_ = target_ >= (range_.min + range_.max) / 2 ? -kCoarse : kCoarse;
  scan_ = Scan::kCoarse1;
  state_ = AfState::kScanning;
  wait_ = kStepFrames;
}

void RaspberryPiCdaf::step(double contrast) {
  if (scan_ == Scan::kSettle) {
    const bool sharp = contrast >= kRatio * points_[best_].contrast && least_ <= kRatio * points_[best_].contrast;
    state_ = sharp ? AfState::kFocused : AfState::kFailed;
    scan_ = Scan::kIdle;
    return;
  }
  if (points_.empty() || contrast > points_[best_].contrast) best_ = points_.size();
  least_ = points_.empty() ? contrast : std::min(least_, contrast);
  points_.push_back({target_, contrast});
  const bool over = at_limit() || contrast < kRatio * points_[best_].contrast;
  const bool fine_done = scan_ == Scan::kFine && points_.size() >= kFinePoints;
  if (!over && !fine_done) {
    target_ += direction_;
  } else if (scan_ == Scan::kCoarse1 && points_.front().contrast >= kRatio * points_[best_].contrast) {
    scan_ = Scan::kCoarse2;
    direction_ = -direction_;
    std::reverse(points_.begin(), points_.end());
    best_ = points_.size() - 1 - best_;
    target_ = points_.back().position + direction_;
  } else if (scan_ != Scan::kFine) {
    target_ = peak() + std::copysign(kFine, direction_);
    direction_ = -std::copysign(kFine, direction_);
    scan_ = Scan::kFine;
    points_.clear();
    best_ = 0;
  } else {
    target_ = peak();
    scan_ = Scan::kSettle;
  }
  target_ = std::clamp<double>(target_, range_.min, range_.max);
  wait_ = kStepFrames;
}

FocusTrace RaspberryPiCdaf::update(const Statistics& statistics, const Request& request) {
  const double contrast = window_contrast(statistics);
  if (!placed_) {
    target_ = statistics.applied.settings.lens_position;
    placed_ = true;
  }
  if (request.af_mode == AfMode::kAuto && request.af_trigger == AfTrigger::kStart) start(statistics.applied.settings.lens_position);
  if (scan_ != Scan::kIdle) {
    frames_++;
    if (wait_ > 0) {
      wait_--;
    } else {
      step(contrast);
    }
  }
  FocusTrace out;
  out.state = state_;
  out.score = {static_cast<float>(contrast), 0};
  out.lens_position = statistics.applied.settings.lens_position;
  out.target = static_cast<float>(target_);
  out.frames_searched = frames_;
  return out;
}

}  // namespace argent
