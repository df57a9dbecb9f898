// isp/tone_curve.h - private: the picture's curve and transfer function in the two forms that kernels evaluate.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "isp/image.h"
#include "isp/pipeline_params.h"
#include "isp/profile_curve.h"

namespace argent {

/// Scene light (middle grey at 0.18) to display light: ToneParams has the equation. `white`, above middle grey, comes out as `peak`, 1
/// being the white of a picture without highlights.
double tone_map(const ToneParams& params, double light, double white, double peak = 1);

/// The same of one setting, for many lights.
class ToneMap {
 public:
  ToneMap(const ToneParams& params, double white, double peak = 1);
  double operator()(double light) const;
  /// Of both logarithms, for light above 0: how much of a detail's contrast is left.
  double slope(double light) const;

 private:
  double contrast_, peak_, half_, scale_;
};

/// Of polynomials in 8 bits: of what makes a picture in one pass, within 1.3 codes of the curve, and of the last of several, within 0.5.
inline constexpr int kQuickToneDegree = 7, kFineToneDegree = 11;

struct ToneCurve {
  float limit = 1;            ///< light that comes out at full scale
  float warp = 0;             ///< 0..1: t = sqrt(light / (warp light + (1 - warp) limit)) runs from 0 to 1
  std::vector<float> values;  ///< kU8: coefficients of t^i, in 8-bit codes; kU16: 4097 nodes at t = i / 4096, in 16-bit codes
};

/// The curve alone, without transfer function. t as above.
struct ToneTable {
  float limit = 1, warp = 0;
  std::vector<float> values;  ///< 4097 nodes of display light, 1 = full scale
};

/// Encoding::kLinear: the identity up to 1.
ToneTable make_tone_table(const ToneParams& params, Encoding encoding, double white, double peak = 1);

/// A DNG profile's own curve, instead.
ToneTable make_tone_table(const ProfileCurve& curve);

/// The transfer function alone: 4097 nodes at light (i / 4096)^2.
std::vector<float> make_transfer_table(Encoding encoding, ColorSpace space);

/// Of kU8.
ToneCurve make_tone_polynomial(const ToneParams& params, Encoding encoding, double white, int degree);

ToneCurve make_tone_curve(const ToneParams& params, Encoding encoding, double white, PixelType type);

/// A polynomial of kU8 for a kernel that neither rounds nor clamps: a half more, and nowhere above 255.99 for t up to 1.0004, which is what
/// 12-bit reciprocal roots may make of 1. Of kFineToneDegree but for the rounding errors of f32: who evaluates it bounds it, too.
std::vector<float> with_rounding(std::vector<float> polynomial);

/// The curve of kU8 as straight pieces, for processors that look up 64 entries in one instruction: octaves of light, each in equal steps,
/// as the bits of a float have them. v = (1 - offset) light / top + offset runs from `offset` to 1; its bits >> shift, less those of
/// `offset`, are six bits of entry and ten of fraction.
struct ToneSteps {
  static constexpr int kSteps = 64;
  float top = 1;  ///< light at the end; above, and below 0, it is as at the ends
  float offset = 1.0f / 256;
  int shift = 10;
  std::array<std::uint16_t, kSteps> start{}, rise{};  ///< in 256ths of a code, of which the half is added to round
  double error = 0;                                   ///< largest deviation from the curve, in codes
};

/// Of 8 and 16 octaves what errs less: by half a code at most, at every contrast there is.
ToneSteps make_tone_steps(const ToneParams& params, Encoding encoding, double white);

/// What a kernel of 8 bits is told of its curve, in both forms.
struct DirectCurves {
  ToneCurve polynomial;  ///< with_rounding()
  ToneSteps steps;
};

/// Each thread remembers the last it asked for: a video's frames want the same again and again, and it is 0.05 ms of work.
DirectCurves direct_curves(const ToneParams& params, Encoding encoding, double white, int degree);

/// Largest deviation of the polynomial from the curve, in 8-bit codes.
double polynomial_error(const ToneParams& params, Encoding encoding, double white, int degree = kQuickToneDegree);

}  // namespace argent
