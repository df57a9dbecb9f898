#include "aaa/contrast_scan.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

constexpr int kMaxSweeps = 4;
constexpr float kStart = 0.8f;         // of a sweep's step: so near its start the lens must be before it begins
constexpr float kTooFast = 1.6f;       // times the sweep's speed: above, where the lens was isn't known well enough
constexpr float kFallen = 0.45f;       // of the highest contrast: below, after it, the peak was passed
constexpr float kStandsOut = 2.5f;     // times the lowest contrast: what ends a sweep early
constexpr float kCertain = 6;          // standard deviations of the noise
constexpr float kSignificant = 1.12f;  // times the lowest contrast: less is no peak
constexpr float kExpected = 0.92f;     // of the expected contrast: must be found at the peak
constexpr float kMaxNoise = 0.08f;     // in the check at the peak: more noise is averaged, not forgiven
constexpr float kPrecise = 0.28f;      // of the depth of field: uncertainty of a peak that needs no slow sweep
constexpr float kFineReach = 0.7f;     // dioptres, least half width of a slow sweep
constexpr float kVisitStep = 0.05f;    // dioptres
constexpr int kPatience = 5;           // checks at the peak while contrast rises: a lens slower than told is still on its way

}  // namespace

ContrastScan::ContrastScan(const ScanSettings& settings, const LensMotion& lens) : settings_(settings) {
  settings_.range.max = std::max(settings_.range.max, settings_.range.min);
  sweep(settings_.range.min, settings_.range.max, settings_.speed, lens);
}

void ContrastScan::sweep(float from, float to, float speed, const LensMotion& lens) {
  from_ = from, to_ = to, speed_ = speed;
  const int positions = std::clamp(static_cast<int>(std::ceil((to - from) / speed)), 3, 400);
  search_ = FocusSearch({from, to, kVisitStep, positions, 10'000});
  // Play is taken up before the sweep: a peak must not seem to be elsewhere because the lens came from above.
  command_ = std::max(settings_.range.min, from - settings_.lens.backlash);
  waits_ = lens.frames_to(lens.position() - command_, kStart * speed);
  step_ = Step::kTravel;
  highest_ = 0;
  sweeps_++;
}

ScanStep ContrastScan::update(const LensMotion& lens, const FocusMeasure& measure, const ScanNoise& tracked) {
  const float contrast = fine_ ? measure.contrast() : measure.score[1];
  highest_ = std::max(highest_, measure.contrast());
  const float noise = (fine_ ? tracked.both : tracked.coarse).relative(search_.samples().empty() ? contrast : search_.best().score);
  if (step_ == Step::kTravel || step_ == Step::kSweep) collect(lens, contrast);
  if (step_ == Step::kSweep && passed(contrast, noise) && lens.position() > search_.best().position) return evaluate(lens, noise);
  if (step_ == Step::kApproach && (lens.arrived(command_, settings_.lens.settle_frames) || waits_++ > 2 * settings_.lens.settle_frames)) {
    step_ = Step::kVerify;
  }
  if (step_ == Step::kVerify) return verify(lens, measure, tracked);
  return move_on(lens, noise);
}

/// The next command of a movement that goes as planned.
ScanStep ContrastScan::move_on(const LensMotion& lens, float noise) {
  switch (step_) {
    case Step::kTravel:
      if (waits_-- > 0) return running("to the start of the sweep");
      step_ = Step::kSweep;
      waits_ = 0;
      [[fallthrough]];
    case Step::kSweep:
      if (search_.coarse()) {
        command_ = std::min(*search_.next(), to_);
        return running(fine_ ? "around the peak" : "through the range");
      }
      command_ = to_;
      if (waits_++ >= settings_.lens.settle_frames || lens.arrived(to_, settings_.lens.settle_frames)) return evaluate(lens, noise);
      return running("to the end of the sweep");
    case Step::kReturn:
      if (waits_-- > 0) return running("back below the peak");
      step_ = Step::kApproach;
      waits_ = 0;
      command_ = peak_.position;
      return running("up to the peak");
    default:
      return running("up to the peak");
  }
}

void ContrastScan::collect(const LensMotion& lens, float contrast) {
  if (std::abs(lens.speed()) > kTooFast * speed_) return;
  const float margin = 1.5f * speed_;
  if (lens.position() < from_ - margin || lens.position() > to_ + margin) return;
  if (lens.speed() < -0.1f * speed_) return;  // coming down: the play is on the other side
  search_.add({lens.position(), contrast});
}

bool ContrastScan::passed(float contrast, float noise) const {
  const FocusSample best = search_.best();
  const auto& samples = search_.samples();
  if (samples.size() < 3) return false;
  const float least =
      std::min_element(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.score < b.score; })->score;
  return contrast < kFallen * best.score && best.score > kStandsOut * least && best.score - contrast > kCertain * noise * best.score;
}

ScanStep ContrastScan::evaluate(const LensMotion& lens, float noise) {
  peak_ = estimate_focus_peak(search_.samples(), noise);
  const float least = peak_.score - peak_.prominence * noise * peak_.score;
  const bool significant = peak_.prominence > kCertain && peak_.score > kSignificant * least;
  if (!significant) {
    if (fine_) return fail("no peak above the noise");
    if (sweeps_ > 1) return fail("contrast is flat or noise");
    sweep(settings_.range.min, settings_.range.max, settings_.speed / 2, lens);
    return running("no peak above the noise: again, slower");
  }
  const float depth = settings_.lens.depth_of_field;
  const float reach = std::clamp(2.5f * peak_.uncertainty, kFineReach, 2 * kFineReach);
  if (!fine_) {
    if (!peak_.inside) return fine(peak_.position, reach, lens, "highest at an end of the sweep: slower");
    if (peak_.uncertainty > kPrecise * depth) return fine(peak_.position, reach, lens, "peak not known well enough: slower");
  } else if (peak_.position > settings_.range.max + depth / 2 || peak_.position < settings_.range.min - depth / 2) {
    return fail("sharpest beyond the range");
  } else if (std::min(settings_.range.max - peak_.position, peak_.position - settings_.range.min) < depth / 2) {
    // Samples crowd where the lens stopped; what the whole slope points to says whether the peak is there or beyond.
    const float slope = estimate_focus_peak(search_.samples(), noise, search_.samples().size()).position;
    if (slope > settings_.range.max + depth || slope < settings_.range.min - depth)
      return fail("contrast still rises at the end of the range");
  }
  peak_.position = std::clamp(peak_.position, settings_.range.min, settings_.range.max);
  return go_back(lens);
}

ScanStep ContrastScan::fine(float around, float reach, const LensMotion& lens, std::string_view reason) {
  if (sweeps_ >= kMaxSweeps) return fail("contrast at the peak was not found again");
  fine_ = true;
  const float middle = std::clamp(around, settings_.range.min, settings_.range.max);
  // What a slow sweep promised and was not there lay elsewhere: the lens lags otherwise than told, which matters the less the slower it
  // goes.
  const float speed = settings_.fine_step / static_cast<float>(1 << fine_sweeps_++);
  sweep(std::max(settings_.range.min, middle - reach), std::min(settings_.range.max, middle + reach), speed, lens);
  return running(reason);
}

ScanStep ContrastScan::go_back(const LensMotion& lens) {
  const float backlash = settings_.lens.backlash;
  step_ = Step::kReturn;
  // The command lies further down than need be, so that the lens is below by the play after fewer frames.
  command_ = std::max(0.0f, peak_.position - 3 * backlash);
  const float distance = lens.position() + std::max(lens.speed(), 0.0f) - command_;
  waits_ = lens.frames_to(distance, std::max(peak_.position - backlash - command_, 0.02f)) - 1;
  verified_ = verified_both_ = 0;
  verifications_ = checks_ = confirmed_ = 0;
  return running("peak found: back below it");
}

/// What the sweep's samples promised must be there, and no frame on the way may have shown more: that would be a sharper place passed in
/// haste.
ScanStep ContrastScan::verify(const LensMotion& lens, const FocusMeasure& measure, const ScanNoise& tracked) {
  verified_ += fine_ ? measure.contrast() : measure.score[1];
  verified_both_ += measure.contrast();
  verifications_++;
  const float noise = std::min((fine_ ? tracked.both : tracked.coarse).relative(peak_.score), kMaxNoise);
  const int wanted = noise < 0.04f ? 1 : noise < 0.07f ? 2 : 4;
  if (verifications_ < wanted) return running("checking");
  const float count = static_cast<float>(verifications_);
  const float least = kExpected - 1.5f * noise * (1 + 1 / std::sqrt(count));
  const bool found = verified_ >= least * count * peak_.score && verified_both_ >= least * count * highest_;
  const float mean = verified_ / count;
  const bool rises = mean > (1 + 2 * noise) * checked_;
  checked_ = mean;
  verified_ = verified_both_ = 0;
  verifications_ = 0;
  // What came late may also pass by: it must be there twice.
  if (found && (checks_ == 0 || confirmed_++ > 0)) {
    ScanStep out = running("contrast is what was expected");
    out.result = ScanResult::kFocused;
    return out;
  }
  if (found) return running("contrast is what was expected: does it stay?");
  confirmed_ = 0;
  if (checks_++ == 0 || (rises && checks_ < kPatience)) return running("less contrast than expected: has the lens arrived?");
  if (sweeps_ >= kMaxSweeps) return fail("contrast at the peak was not found again");
  return fine(peak_.position, (fine_ ? 1 : 2) * kFineReach, lens, "less contrast than expected: slower");
}

ScanStep ContrastScan::running(std::string_view reason) const {
  constexpr std::string_view kNames[] = {"travel", "coarse", "return", "settle", "verify"};
  std::string_view name = kNames[static_cast<std::size_t>(step_)];
  if (step_ == Step::kSweep && fine_) name = "fine";
  return {command_, ScanResult::kRunning, name, reason};
}

ScanStep ContrastScan::fail(std::string_view reason) const { return {settings_.range.rest, ScanResult::kFailed, "failed", reason}; }

}  // namespace argent
