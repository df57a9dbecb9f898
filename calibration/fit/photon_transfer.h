// calibration/fit/photon_transfer.h - shot and read noise apart, from pairs of frames of the same light.
//
// Source: Janesick 2007, "Photon Transfer", chapters 5 and 6; EMVA 1288 release 4.0, chapter 6. The difference of two frames has twice the
// noise's variance and none of the sensor's fixed pattern; against the mean it is a line: its slope is the shot noise, its start the read
// noise.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "isp/frame.h"

namespace argent {

/// Noise at one level: the mean over the tiles of all pairs that lie near it.
struct TransferPoint {
  double level = 0;     ///< 0 = black, 1 = saturation
  double variance = 0;  ///< of one code, same scale
  double error = 0;     ///< standard error of the variance
  double pixels = 0;
};

struct PhotonTransfer {
  float analogue_gain = 1;
  NoiseModel noise;  ///< variance = shot * level + read; the converter's steps are part of read
  double shot_error = 0, read_error = 0;
  std::vector<TransferPoint> points;  ///< by rising level
  double misfit = 0;                  ///< rms of (measured / fitted - 1) over the points, by their pixels: above 0.05 the line is no line
  int pairs = 0;
  double electrons_at_saturation = 0;  ///< 1 / shot: the full well at this gain, where noise is Poisson's
  double read_electrons = 0;           ///< read noise in the same unit
};

struct FramePair {
  const RawFrame* first = nullptr;
  const RawFrame* second = nullptr;
};

/// Two frames of the same light, exposure and gain each, all at one gain; dark ones too. `black` are the codes of no light (of the dark
/// frames, where these were measured better than the files say). Tiles of 16x16 samples of one color; those with a clipped code, or
/// brighter than 0.9, are left out, and so are pixels that are 5 standard deviations
/// off their tile or their other self: defects. Weighted least squares: a variance of
/// n pixels is known to sqrt(2 / n) of itself. Throws Error: frames that are not alike, fewer than 64 tiles, or light at one level alone.
PhotonTransfer fit_photon_transfer(std::span<const FramePair> pairs, const std::array<double, 4>& black);

}  // namespace argent
