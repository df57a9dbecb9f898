// calibration/tune/parameter_space.h - which of the controllers' parameters are tuned, and between which bounds.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aaa/controller_params.h"

namespace argent {

enum class ParameterScale { kLinear, kLogarithmic };

struct TunedParameter {
  std::string path;          ///< "aaa.ae.averaging_frames"
  double low = 0, high = 0;  ///< searched, both included
  double start = 0;          ///< inside them
  ParameterScale scale = ParameterScale::kLinear;
  bool whole = false;  ///< only whole numbers
  std::string unit{}, meaning{};
};

/// Values in the parameters' own units, one a parameter.
using TunedValues = std::vector<double>;

/// A box of parameters, seen by a search as 0..1 in every direction.
class ParameterSpace {
 public:
  /// `patterns`: a path ("aaa.ae.max_step"), one with * for any text ("aaa.af.*_speed"), or either with bounds of its own
  /// ("aaa.ae.target=0.04:0.2"). Without them: the described range, but no farther than an eighth or eightfold of the start on a
  /// logarithmic scale, which numbers above 0 have whose range is wide. Only numbers that stand alone can be tuned. Throws Error for a
  /// pattern that is nobody's and for bounds that are none, that leave the described range or leave out the start.
  ParameterSpace(const ControllerParams& start, std::span<const std::string> patterns);

  /// Those whose paths begin so.
  ParameterSpace below(std::string_view prefix) const;

  const std::vector<TunedParameter>& parameters() const { return parameters_; }
  std::size_t size() const { return parameters_.size(); }

  TunedValues start() const;

  /// Values of four digits, so that a file of them reads well; whole where they must be.
  TunedValues values(std::span<const double> point) const;
  std::vector<double> point(std::span<const double> values) const;

  /// The start's parameters with these values.
  ControllerParams params(std::span<const double> values) const;

 private:
  ControllerParams start_;
  std::vector<TunedParameter> parameters_;
};

/// The parameters' fields, as a profile calls them: "aaa.ae.target". They refer into `params`.
std::vector<Field> fields_of_profile(ControllerParams& params);

}  // namespace argent
