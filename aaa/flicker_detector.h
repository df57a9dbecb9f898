// aaa/flicker_detector.h - private: do the lights pulse with the mains, and at 100 or at 120 Hz?
//
// Where the bands move from frame to frame, each frame's rows go into least squares fits (flicker_fit.h) at 100 and 120 Hz, at decoys
// where no mains is, and at each mains' mirror, whose bands move the other way. Found: a mains frequency explains a fair part of the
// rows' change, much more than any decoy, some frames in a row. A moving subject, noise or a shaking camera feed the decoys alike.
// Where the bands stand still (25 or 50 fps at 100 Hz, 30 or 60 fps at 120 Hz) they look like stripes. The detector then asks for a
// probe: an exposure of whole periods, where the bands must vanish at once; in a light too bright for one, as near to one as can be for
// a few frames. Stripes stay, and are left alone for a while. What changes when the exposure does is weighed against what changes anyway.
// A finding is held: at whole periods there is nothing to see. It is given up when the light is seen not to pulse at an exposure that
// would show it (in daylight exposures are shorter than a period), and changed when the other frequency is found. Source: own.
#pragma once

#include <array>
#include <string_view>

#include "aaa/flicker_fit.h"
#include "isp/statistics.h"

namespace argent {

enum class FlickerProbing { kAllowed, kForbidden };

struct FlickerFinding {
  double period_us = 0;        ///< 10000 or 1e6 / 120; 0: none found
  double probe_period_us = 0;  ///< not 0: please expose for whole periods of this, or nearer to one
  double confidence = 0;       ///< 0..1, of period_us
  double modulation = 0;       ///< of the row sums in this frame, as far as it is known to be due to the light
  std::string_view reason;     ///< "no row sums", "nothing seen", "searching", "probing", "stripes", "found", "held"
};

class FlickerDetector {
 public:
  FlickerDetector();
  /// `probing`: forbidden while the exposure isn't the controller's or hasn't settled.
  FlickerFinding update(const Statistics& statistics, FlickerProbing probing);

 private:
  static constexpr int kMains = 2, kFits = 8;  ///< the first two fits are the mains, then their mirrors, then decoys

  struct Layout {
    int bands = 0, band_rows = 0;
    double line_time = 0;
    bool operator==(const Layout&) const = default;
  };

  bool add(const Statistics& statistics);
  void forget();
  bool moves(int mains) const;
  bool alike(double hertz, double other) const;
  bool shows_moving(int mains) const;
  bool shows_standing(int mains) const;
  int winner() const;
  void judge();
  void doubt();
  void steer_probe(double exposure, FlickerProbing probing);
  FlickerFinding report() const;

  std::array<FlickerFit, kFits> fits_;
  std::array<FlickerJump, kMains> jumps_;
  BandProfile levels_;
  Layout layout_;
  double timestamp_ = -1;  ///< us, of the last frame taken in
  double interval_ = 0;    ///< seconds from frame to frame
  double clipped_ = 0;     ///< share of the last frame's pixels
  double clipping_ = 0;    ///< its largest change, fading as the jumps' leverage does
  double residual_ = 0;    ///< sum of squares of the residual over the frames in memory
  int frames_ = 0;         ///< since the evidence was forgotten
  int steady_ = 0;         ///< frames at this exposure
  double exposure_ = 0;    ///< seconds, of the last frame
  int agreeing_ = 0, won_ = -1;
  int found_ = -1;  ///< index into the fits
  double confidence_ = 0;
  int doubts_ = 0;         ///< frames in a row that should show the finding's pulsing and don't
  int probe_ = -1;         ///< index of what is probed
  double probe_from_ = 0;  ///< exposure before the probe
  int probe_age_ = 0, probe_landed_ = 0, tries_ = 0;
  std::array<int, kMains> rest_{}, next_rest_{};  ///< frames until another probe is worth it
  bool stripes_ = false;                          ///< what stood still last was no light
};

}  // namespace argent
