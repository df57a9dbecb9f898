// tests/calibration/tuning_files.h - a whole Raspberry Pi tuning in memory, with the commas too many that shipped ones have.
#pragma once

#include <cmath>
#include <string>

namespace argent {

/// A table of a lens: `middle` there, and `rise` more in the corners. Not symmetric.
inline std::string lens_table(int columns, int rows, float middle, float rise) {
  std::string text;
  for (int y = 0; y < rows; y++) {
    for (int x = 0; x < columns; x++) {
      const float u = (static_cast<float>(x) + 0.4f) / static_cast<float>(columns) - 0.5f,
                  v = (static_cast<float>(y) + 0.5f) / static_cast<float>(rows) - 0.5f;
      text += (text.empty() ? "" : ", ") + std::to_string(std::round(1000 * (middle + rise * 2 * (u * u + v * v))) / 1000);
    }
  }
  return text;
}

inline std::string whole_tuning(bool pisp) {
  const int columns = pisp ? 32 : 16, rows = pisp ? 32 : 12;
  std::string weights;
  for (int i = 0; i < (pisp ? 225 : 15); i++) weights += i == 0 ? "1" : ", 1";
  const std::string red = lens_table(columns, rows, 1.4f, 0.3f), blue = lens_table(columns, rows, 2.1f, -0.2f);
  return std::string(R"({
    "version": 2.0, "target": ")") +
         (pisp ? "pisp" : "bcm2835") + R"(",
    "algorithms": [
        { "rpi.black_level": { "black_level": 4096 } },
        { "rpi.lux": { "reference_shutter_speed": 27685, "reference_gain": 1.50, "reference_aperture": 1.0, "reference_lux": 998, "reference_Y": 12744 } },
        { "rpi.noise": { "reference_constant": 0, "reference_slope": 3.67 } },
        { ")" +
         (pisp ? "rpi.denoise\": { \"normal\": { \"sdn\": { \"deviation\": 3.2, \"strength\": 0.75 } } }"
               : "rpi.sdn\": { \"deviation\": 3.2, \"strength\": 0.75 }") +
         R"( },
        { "rpi.awb": {
            "priors": [ { "lux": 0, "prior": [ 2000, 1.0, 3000, 0.5, 13000, 0.0 ] }, { "lux": 800, "prior": [ 2000, 0.0, 6000, 2.0, 13000, 2.0 ] }, ],
            "modes": { "auto": { "lo": 2500, "hi": 6500 }, "daylight": { "lo": 5000, "hi": 6500 } },
            "ct_curve": [ 2498, 0.9309, 0.3599, 2911, 0.8682, 0.4283, 3627, 0.7646, 0.5327, 6501, 0.5211, 0.7121, ],
            "transverse_pos": 0.0238, "transverse_neg": 0.04429 } },
        { "rpi.agc": {
            "metering_modes": { "matrix": { "weights": [ )" +
         weights + R"( ] } },
            "exposure_modes": { "normal": { "shutter": [ 100, 10000, 30000 ], "gain": [ 1.0, 2.0, 8.0 ] } },
            "constraint_modes": { "normal": [ { "bound": "LOWER", "q_lo": 0.98, "q_hi": 1.0, "y_target": [ 0, 0.5, 1000, 0.5 ] } ] },
            "y_target": [ 0, 0.16, 1000, 0.165 ] } },
        { "rpi.alsc": { "omega": 1.3, "luminance_strength": 0.8, "luminance_lut": [ )" +
         lens_table(columns, rows, 1.0f, 1.8f) + R"( ],
            "calibrations_Cr": [ { "ct": 3000, "table": [ )" +
         red + R"( ] }, { "ct": 5000, "table": [ )" + red + R"( ] } ],
            "calibrations_Cb": [ { "ct": 3000, "table": [ )" +
         blue + R"( ] }, { "ct": 5000, "table": [ )" + blue + R"( ] } ] } },
        { "rpi.contrast": { "ce_enable": 1, "gamma_curve": [ 0, 0, 8192, 24000, 32768, 48000, 65535, 65535 ] } },
        { "rpi.ccm": { "ccms": [
            { "ct": 2860, "ccm": [ 2.12089, -0.52461, -0.59628, -0.85342, 2.80445, -0.95103, -0.26897, -1.14788, 2.41685 ] },
            { "ct": 5858, "ccm": [ 2.32392, -0.88421, -0.43971, -0.63821, 2.58348, -0.94527, -0.28541, -0.54112, 1.82653 ] } ] } },
        { "x.mine": { "word": "5", "list": [ 1.50, [ 2, 3 ] ] } },
    ]
})";
}

}  // namespace argent
