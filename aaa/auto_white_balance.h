// aaa/auto_white_balance.h - private: from the estimators' beliefs to gains: what is manual, held, filtered.
#pragma once

#include <optional>

#include "aaa/controller_params.h"
#include "aaa/decision.h"
#include "aaa/request.h"

namespace argent {

struct WhiteBalanceDecision {
  Vec3 colour_gains{1, 1, 1};
  float colour_temperature = 0;  ///< kelvin; 0: not known
  GainMap gain_map;
  WhiteBalanceTrace trace;
};

class AutoWhiteBalance {
 public:
  /// Throws Error for an unknown estimator and for a curve that isn't by rising cct, positive and finite.
  explicit AutoWhiteBalance(const AutoWhiteBalanceParams& params);

  WhiteBalanceDecision update(const Statistics& statistics, const Request& request);

 private:
  struct Member {
    std::string_view name;
    std::unique_ptr<IlluminantEstimator> estimator;
  };

  IlluminantPrior prior_for(const Statistics& statistics, const Request& request) const;
  void follow(const Illuminant& light, Microseconds timestamp);
  std::string_view settle(const Illuminant& estimate, const Statistics& statistics, const Request& request);

  AutoWhiteBalanceParams params_;
  std::vector<Member> estimators_;
  std::array<float, 2> light_{};       ///< (u, v) that the gains undo
  bool decided_ = false;               ///< light_ comes from evidence or from the user
  std::array<float, 3> covariance_{};  ///< of light_, filtered with it
  float confidence_ = 0;
  std::optional<Microseconds> timestamp_;  ///< of the frame that light_ was last moved by
};

}  // namespace argent
