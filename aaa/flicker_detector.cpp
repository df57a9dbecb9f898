#include "aaa/flicker_detector.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

// The mains, their mirrors, decoys: those differ from both mains by no multiple of a usual frame rate, which would make them alike;
// where the frame rate is another one, see alike().
constexpr double kHertz[] = {100, 120, 100, 120, 88.3, 109.1, 111.7, 131.3};

constexpr double kMinLevel = 0.002, kMaxLevel = 0.9;  // of a band: darker is noise, brighter clips
constexpr double kMinReadout = 0.002;                 // s: less than a quarter of a period shows no bands
constexpr double kSceneCut = 0.7;                     // median change of the bands' log level
constexpr double kOutlier = 2.5;                      // times the median size of the bands' residuals
constexpr int kMinFrames = 5, kAgreeing = 3;
constexpr double kMoves = 0.05;     // periods from frame to frame: slower is taken to stand
constexpr double kMinCycles = 1.5;  // that a pattern has to move
constexpr double kMirrored = 0.12;  // periods from a half, where a pattern and its mirror are the same
constexpr double kAlike = 0.03;     // periods from frame to frame: patterns drift apart by less than one in the fits' memory
constexpr double kMinExplained = 0.15, kOverDecoys = 3, kOverOther = 1.3;
constexpr double kMinModulation = 0.005;
constexpr double kMinSignificance = 5;
constexpr double kCompression = 8;     // pixels that clip take at most so many times their share from the contrast of the rows
constexpr double kSuspicious = 0.008;  // modulation of what stands still that is worth a probe
constexpr double kShows = 0.05;        // strength below which an exposure shows too little of the light to be probed
constexpr int kSteady = 4;             // frames
constexpr int kProbeFrames = 4, kProbePatience = 20;
constexpr int kFirstRest = 30, kLongestRest = 3840;  // frames
constexpr double kHint = 2;                          // significance
constexpr int kTries = 3, kShortRest = 3;
constexpr int kDoubts = 60;

bool positive(double v) { return std::isfinite(v) && v > 0; }

double clipped_share(const Statistics& s) {
  if (!s.has_grid()) return 0;
  double sum = 0;
  for (int row = 0; row < s.rows; row++) {
    for (int column = 0; column < s.columns; column++) sum += std::clamp(double(s.zone(column, row).clipped), 0.0, 1.0);
  }
  return sum / (s.columns * s.rows);
}

/// The bands in at most kMaxBins bins. No bins: nothing to be seen.
BandRow bin_bands(const Statistics& s) {
  BandRow out;
  const double line = s.applied.line_time.count() * 1e-6, exposure = s.applied.settings.exposure.count() * 1e-6;
  if (s.bands < 8 || s.bands > Statistics::kMaxBands || s.band_rows < 1 || s.band_rows > 1 << 20) return out;
  if (!positive(line) || !positive(exposure) || line > 0.1 || exposure > 1 || !std::isfinite(s.applied.timestamp.count())) return out;
  const int together = (s.bands + BandRow::kMaxBins - 1) / BandRow::kMaxBins;
  const int bins = s.bands / together;
  double sum = 0;
  for (int i = 0; i < bins; i++) {
    double level = 0;
    bool valid = true;
    for (int k = 0; k < together; k++) {
      const double band = s.row_means[static_cast<std::size_t>(i * together + k)];
      valid = valid && std::isfinite(band) && band < kMaxLevel;
      level += band / together;
    }
    const auto n = static_cast<std::size_t>(i);
    out.valid[n] = valid && level > kMinLevel;
    if (!out.valid[n]) continue;
    out.log_level[n] = std::log(level);
    sum += out.log_level[n];
    out.valid_bins++;
  }
  if (out.valid_bins < bins * 3 / 4) return {};
  for (int i = 0; i < bins; i++) out.log_level[static_cast<std::size_t>(i)] -= sum / out.valid_bins;
  out.bins = bins;
  out.bin_time = line * s.band_rows * together;
  out.first_time = std::fmod(s.applied.timestamp.count() * 1e-6, 1e5) + out.bin_time / 2 + exposure / 2;
  out.exposure = exposure;
  return out.bin_time * bins < kMinReadout ? BandRow{} : out;
}

}  // namespace

FlickerDetector::FlickerDetector() {
  for (std::size_t i = 0; i < fits_.size(); i++) {
    const bool mirror = i >= kMains && i < 2 * kMains;
    fits_[i] = FlickerFit(kHertz[i], mirror ? -1 : 1);
  }
  for (std::size_t i = 0; i < jumps_.size(); i++) jumps_[i] = FlickerJump(kHertz[i]);
  next_rest_.fill(kFirstRest);
}

void FlickerDetector::forget() {
  for (FlickerFit& fit : fits_) fit.clear();
  for (FlickerJump& jump : jumps_) jump.clear();
  levels_.clear();
  residual_ = 0;
  frames_ = steady_ = agreeing_ = doubts_ = 0;
  won_ = -1;
}

/// False: the frame's rows say nothing.
bool FlickerDetector::add(const Statistics& statistics) {
  const BandRow row = bin_bands(statistics);
  if (row.bins == 0) return false;
  const Layout layout{statistics.bands, statistics.band_rows, statistics.applied.line_time.count()};
  const double timestamp = statistics.applied.timestamp.count();
  // A second look at the same frame (an offline program measures twice) is no evidence, and time doesn't run backwards.
  if (timestamp == timestamp_) return false;
  if (!(layout == layout_) || timestamp < timestamp_) forget();
  layout_ = layout;
  const double seconds = (timestamp - timestamp_) * 1e-6;
  // A dropped frame makes one interval longer, not all of them.
  interval_ = frames_ < 2 ? seconds : std::min(seconds, interval_ * 1.01);
  timestamp_ = timestamp;
  std::array<double, BandRow::kMaxBins> residual = levels_.pass(row, row.log_level);
  double power = bound_outliers(row, kOutlier, residual);
  if (frames_ > 0 && power > kSceneCut * kSceneCut * row.valid_bins) {
    forget();
    residual = levels_.pass(row, row.log_level);
    power = 0;
  }
  residual_ = kFlickerMemory * residual_ + power;
  for (FlickerFit& fit : fits_) fit.add(row, residual);
  for (FlickerJump& jump : jumps_) jump.add(row);
  const double clipped = clipped_share(statistics);
  clipping_ = frames_ > 0 ? std::max(std::sqrt(kJumpMemory) * clipping_, std::abs(clipped - clipped_)) : 0;
  clipped_ = clipped;
  frames_++;
  steady_ = std::abs(row.exposure / exposure_ - 1) < 0.02 ? steady_ + 1 : 1;
  exposure_ = row.exposure;
  return true;
}

/// Whether the bands of that light move from frame to frame at this frame rate.
bool FlickerDetector::moves(int mains) const {
  const double cycles = kHertz[mains] * interval_;
  return std::abs(cycles - std::round(cycles)) >= kMoves;
}

/// Whether two lights' patterns move alike at this frame rate, so that the one explains what the other does.
bool FlickerDetector::alike(double hertz, double other) const {
  const double cycles = (hertz - other) * interval_;
  return std::abs(cycles - std::round(cycles)) < kAlike;
}

bool FlickerDetector::shows_moving(int mains) const {
  const double cycles = kHertz[mains] * interval_, pace = std::abs(cycles - std::round(cycles));
  if (pace < kMoves || frames_ * pace < kMinCycles) return false;
  const FlickerFit& fit = fits_[static_cast<std::size_t>(mains)];
  const double explained = fit.explained();
  if (explained < kMinExplained * residual_ || fit.amplitude() * fit.visibility() < kMinModulation) return false;
  for (std::size_t i = kMains; i < kFits; i++) {
    const bool mirror = i < 2 * kMains;
    if (mirror && (static_cast<int>(i) != mains + kMains || pace > 0.5 - kMirrored)) continue;
    if (!mirror && alike(kHertz[i], kHertz[mains])) continue;
    if (explained < kOverDecoys * fits_[i].explained()) return false;
  }
  return true;
}

bool FlickerDetector::shows_standing(int mains) const {
  const FlickerJump& jump = jumps_[static_cast<std::size_t>(mains)];
  // What clips takes contrast from stripes, too, which looks like a lamp that vanishes.
  const double stripes = kCompression * clipping_ * fits_[static_cast<std::size_t>(mains)].standing_amplitude(levels_);
  return !moves(mains) && jump.significance() >= kMinSignificance && jump.amplitude() < 1 &&
         jump.amplitude() * jump.leverage() >= kMinModulation + stripes;
}

/// The mains frequency that this much speaks for, or -1.
int FlickerDetector::winner() const {
  if (frames_ < kMinFrames) return -1;
  const int best = fits_[1].explained() > fits_[0].explained() ? 1 : 0;
  const double ratio =
      fits_[static_cast<std::size_t>(best)].explained() / std::max(fits_[static_cast<std::size_t>(1 - best)].explained(), 1e-12);
  if (shows_moving(best) && ratio > kOverOther) return best;
  const int jumped = jumps_[1].significance() > jumps_[0].significance() ? 1 : 0;
  for (int mains : {jumped, 1 - jumped}) {
    if (shows_standing(mains)) return mains;
  }
  return -1;
}

void FlickerDetector::judge() {
  const int now = winner();
  agreeing_ = now >= 0 && now == won_ ? agreeing_ + 1 : (now >= 0 ? 1 : 0);
  won_ = now;
  if (agreeing_ < kAgreeing) return;
  found_ = now;
  confidence_ = std::clamp(fits_[static_cast<std::size_t>(now)].explained() / std::max(residual_, 1e-30), 0.5, 1.0);
  probe_ = -1;
  stripes_ = false;
}

/// Gives a finding up that the rows should show and do not.
void FlickerDetector::doubt() {
  if (found_ < 0) return;
  const FlickerFit& fit = fits_[static_cast<std::size_t>(found_)];
  const bool would_show = fit.strength() > 0.3 && fit.observability() > 0.1;
  doubts_ = would_show && fit.amplitude() * fit.strength() < 0.003 ? doubts_ + 1 : 0;
  if (doubts_ < kDoubts) return;
  found_ = -1;
  confidence_ = 0;
  doubts_ = 0;
}

void FlickerDetector::steer_probe(double exposure, FlickerProbing probing) {
  for (int& frames : rest_) frames = std::max(frames - 1, 0);
  if (found_ >= 0 || probing == FlickerProbing::kForbidden) {
    probe_ = -1;
    return;
  }
  if (probe_ >= 0) {
    probe_age_++;
    if (std::abs(exposure / probe_from_ - 1) > 0.02) probe_landed_++;
    if (probe_landed_ < kProbeFrames && probe_age_ < kProbePatience) return;
    const auto asked = static_cast<std::size_t>(probe_);
    stripes_ = true;
    // A hint is worth another try at once: the way back is evidence as well. What is significant and yet too small is no lamp.
    const double significance = jumps_[asked].significance();
    const bool hint = significance >= kHint && significance < kMinSignificance && tries_++ < kTries;
    rest_[asked] = hint ? kShortRest : next_rest_[asked];
    if (hint) {
      probe_ = -1;
      return;
    }
    tries_ = 0;
    next_rest_[asked] = std::min(2 * next_rest_[asked], kLongestRest);
    probe_ = -1;
    return;
  }
  if (steady_ < kSteady) return;
  double most = kSuspicious;
  for (int i = 0; i < kMains; i++) {
    const FlickerFit& fit = fits_[static_cast<std::size_t>(i)];
    if (rest_[static_cast<std::size_t>(i)] > 0 || fit.strength() < kShows || moves(i)) continue;
    const double seen = fit.standing_amplitude(levels_) * fit.strength();
    if (seen < most) continue;
    most = seen;
    probe_ = i;
  }
  probe_from_ = exposure;
  probe_age_ = probe_landed_ = 0;
}

FlickerFinding FlickerDetector::report() const {
  FlickerFinding out;
  if (found_ >= 0) {
    const FlickerFit& fit = fits_[static_cast<std::size_t>(found_)];
    out.period_us = 1e6 / kHertz[found_];
    out.confidence = confidence_;
    out.modulation = fit.amplitude() * fit.strength();
    out.reason = agreeing_ >= kAgreeing ? "found" : "held";
  } else if (probe_ >= 0) {
    out.probe_period_us = 1e6 / kHertz[probe_];
    out.reason = "probing";
  } else if (won_ >= 0 || frames_ < kMinFrames) {
    out.reason = "searching";
  } else {
    out.reason = stripes_ ? "stripes" : "nothing seen";
  }
  return out;
}

FlickerFinding FlickerDetector::update(const Statistics& statistics, FlickerProbing probing) {
  if (!add(statistics)) {
    // A probe in which nothing can be told ends all the same.
    if (probe_ >= 0) steer_probe(statistics.applied.settings.exposure.count() * 1e-6, probing);
    FlickerFinding out = report();
    if (out.reason == "searching" && frames_ == 0) out.reason = "no row sums";
    return out;
  }
  judge();
  doubt();
  steer_probe(exposure_, probing);
  return report();
}

}  // namespace argent
