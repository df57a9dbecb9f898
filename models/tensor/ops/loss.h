// models/tensor/ops/loss.h - how wrong a prediction is: differentiable, 0 or least where it is right. Made of operations; short types are
// computed in f32, and stay there under autocast.
#pragma once

#include "models/tensor/operand.h"

namespace argent::tensor {

/// What becomes of the losses of the elements.
enum class Reduction { kMean, kSum, kNone };

// ---- of numbers: d = prediction - target -----------------------------------------------------------------------------------------------

Tensor mse_loss(const Operand& prediction, const Operand& target, Reduction reduction = Reduction::kMean);  ///< d^2
Tensor l1_loss(const Operand& prediction, const Operand& target, Reduction reduction = Reduction::kMean);   ///< |d|
/// d^2 / 2 up to |d| = delta, from there delta (|d| - delta / 2) (Huber 1964).
Tensor huber_loss(const Operand& prediction, const Operand& target, double delta = 1, Reduction reduction = Reduction::kMean);
/// huber_loss / beta; with beta = 0: |d|.
Tensor smooth_l1_loss(const Operand& prediction, const Operand& target, double beta = 1, Reduction reduction = Reduction::kMean);
/// sqrt(d^2 + epsilon^2): |d| without its corner (Charbonnier et al. 1994).
Tensor charbonnier_loss(const Operand& prediction, const Operand& target, double epsilon = 1e-3, Reduction reduction = Reduction::kMean);

// ---- of classes and probabilities ------------------------------------------------------------------------------------------------------

struct ClassOptions {
  Tensor weight;                           ///< [C], of each class; undefined: 1
  std::int64_t ignore_index = -100;        ///< targets of this class have no loss
  Reduction reduction = Reduction::kMean;  ///< kMean: divided by the sum of the targets' weights
};
/// -log_probabilities[n, target[n, ..], ..]: [N, C, ..] or [C], and i64 [N, ..] or a number.
Tensor nll_loss(const Operand& log_probabilities, const Tensor& target, const ClassOptions& options = {});
/// nll_loss of log_softmax(logits). `label_smoothing` of the target's probability is spread evenly over all classes. A floating target, of
/// the logits' shape, holds probabilities; the mean is then over all but the classes, and nothing is ignored.
Tensor cross_entropy(const Operand& logits, const Tensor& target, const ClassOptions& options = {}, double label_smoothing = 0);

/// -(t log p + (1 - t) log(1 - p)), the logarithms at least -100. `weight` of each element; undefined: 1.
Tensor binary_cross_entropy(const Operand& probability, const Operand& target, const Tensor& weight = {},
                            Reduction reduction = Reduction::kMean);
/// The same of p = sigmoid(logits), for any logits. `positive_weight` of t's part; undefined: 1.
Tensor binary_cross_entropy_with_logits(const Operand& logits, const Operand& target, const Tensor& weight = {},
                                        const Tensor& positive_weight = {}, Reduction reduction = Reduction::kMean);

enum class Probabilities { kPlain, kLogarithms };
/// Kullback and Leibler's divergence t (log t - prediction) of each element; the prediction is log p, the target as `form` says.
Tensor kl_divergence(const Operand& prediction, const Operand& target, Probabilities form = Probabilities::kPlain,
                     Reduction reduction = Reduction::kMean);

// ---- of directions ---------------------------------------------------------------------------------------------------------------------

/// a . b / (|a| |b|) along an axis; lengths below epsilon count as epsilon. A similarity, not a loss.
Tensor cosine_similarity(const Operand& a, const Operand& b, int axis = 1, double epsilon = 1e-8);

enum class AngleUnit { kRadians, kDegrees };
/// The angle between vectors along an axis, whatever their lengths: exact to rounding near 0 and 180 degrees (Kahan, How futile are
/// mindless assessments of roundoff, 2006, section 12). Where it is 0, and has no gradient, that is 0. The measure of illuminants, axis:
/// RGB.
Tensor angular_error(const Operand& prediction, const Operand& target, int axis = -1, AngleUnit unit = AngleUnit::kDegrees,
                     Reduction reduction = Reduction::kMean);
/// |10^6 / prediction - 10^6 / target|, of color temperatures in kelvin: equal steps look alike.
Tensor mired_error(const Operand& prediction, const Operand& target, Reduction reduction = Reduction::kMean);

/// -log of the density of angles (radians) that are distributed independently along the last axis, by von Mises: the sum over it of
/// log(2 pi I0(k)) - k cos(angle - mean). With two angles: the bivariate one on a torus (Mardia and Jupp, Directional statistics, 2000,
/// 3.5.4 and 11.4), as for the places of a histogram that wraps around. Concentrations k >= 0; all broadcast.
Tensor von_mises_loss(const Operand& angle, const Operand& mean, const Operand& concentration, Reduction reduction = Reduction::kMean);

// ---- of pictures -----------------------------------------------------------------------------------------------------------------------

struct SsimOptions {
  double range = 1;    ///< of the pixels
  int window = 11;     ///< pixels of the Gaussian, odd
  double sigma = 1.5;  ///< of it, in pixels
  Reduction reduction = Reduction::kMean;
};
/// Structural similarity of pictures [N, C, H, W], 1 where they are equal: of each place where the window lies within. A similarity: the
/// loss is 1 - ssim. Source: Wang et al., Image quality assessment: from error visibility to structural similarity (2004), K1 = 0.01,
/// K2 = 0.03.
Tensor ssim(const Operand& a, const Operand& b, const SsimOptions& options = {});

}  // namespace argent::tensor
