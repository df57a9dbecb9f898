// OpInfo's entries that go element by element.

#include <cmath>
#include <limits>
#include <numbers>

#include "tests/models/opinfo/entries.h"

namespace argent::tensor::opinfo {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor other_first(A& a, Tensor (*f)(const Operand&, const Operand&)) { return f(a.operand(1, "other"), a.operand()); }

Entry swapped(std::string_view name, Tensor (*f)(const Operand&, const Operand&)) {
  return {name, [f](A& a) { return other_first(a, f); }};
}

bool has_negative(const Tensor& x) {
  const std::vector<double> values = x.detach().values();
  return std::any_of(values.begin(), values.end(), [](double value) { return value < 0; });
}

Entry conversion(std::string_view name, DType type) {
  return {name, [type](A& a) {
            if (a.has(-1, "memory_format")) a.json(-1, "memory_format");
            if (type == DType::kU8 && is_floating(a.tensor().dtype()) && has_negative(a.tensor()))
              throw Unsupported("a negative number as u8, which C++ leaves open");
            return a.tensor().to(type);
          }};
}

/// Of another tensor, times alpha.
Tensor scaled(A& a, int position) {
  const Tensor other = a.operand(position, "other").tensor();
  return a.has(-1, "alpha") ? other * a.operand(-1, "alpha") : other;
}

Tensor plus(A& a) { return a.has(-1, "alpha") ? a.operand() + scaled(a, 1) : a.operand() + a.operand(1, "other"); }
Tensor minus(A& a) { return a.has(-1, "alpha") ? a.operand() - scaled(a, 1) : a.operand() - a.operand(1, "other"); }
Tensor reverse_minus(A& a) {
  if (!a.has(-1, "alpha")) return a.operand(1, "other") - a.operand();
  return a.operand(1, "other") - a.tensor() * a.operand(-1, "alpha");
}

double value_of(A& a) {
  const double value = a.number(-1, "value", 1);
  if (value != std::floor(value) && !is_floating(a.tensor().dtype())) throw Unsupported("integers times a number with a fraction");
  return value;
}

Tensor divided(A& a) {
  const std::string mode = a.text(2, "rounding_mode", "");
  if (mode == "floor") return floor_divide(a.operand(), a.operand(1, "other"));
  const Operand x = a.operand(), y = a.operand(1, "other");
  if (mode.empty()) return x / y;
  const Tensor integers[2] = {x.tensor(), y.tensor()};
  if (!is_floating(integers[0].dtype()) && !is_floating(integers[1].dtype())) {
    const Tensor rest = fmod(x, y);
    return floor_divide(x - rest, y);
  }
  return trunc(x / y);
}

Tensor clamped(A& a) {
  Tensor x = a.tensor();
  if (a.has(1, "min") && a.has(2, "max")) return clamp(x, a.operand(1, "min"), a.operand(2, "max"));
  return a.has(1, "min") ? maximum(x, a.operand(1, "min")) : minimum(x, a.operand(2, "max"));
}

Tensor clamped_above(A& a) { return minimum(a.operand(), a.operand(1, "max")); }
Tensor clamped_below(A& a) { return maximum(a.operand(), a.operand(1, "min")); }

Tensor has_sign(const Operand& x) {
  const Tensor t = x.tensor();
  if (!is_floating(t.dtype())) return t < 0;
  return where(equal(t, 0), reciprocal(t) < 0, t < 0);
}
Tensor with_sign(const Operand& x, const Operand& sign_of) {
  Tensor t = x.tensor(), s = sign_of.tensor();
  if (!is_floating(promote(t.dtype(), s.dtype()))) t = t.to(DType::kF32);
  const Tensor negative = has_sign(s), size = abs(t) + 0 * s.detach().to(promote(t.dtype(), s.dtype()));
  return where(negative, -size, size);
}

/// The larger of two, a number against NaN; as torch.fmax the gradient goes to the first where they are equal.
Tensor number_max(const Operand& x, const Operand& y) {
  const Tensor a = x.tensor(), b = y.tensor();
  return where(logical_or(a >= b, is_nan(b)), a, b);
}
Tensor number_min(const Operand& x, const Operand& y) {
  const Tensor a = x.tensor(), b = y.tensor();
  return where(logical_or(a <= b, is_nan(b)), a, b);
}

Tensor real_of(const Operand& x) {
  const Tensor t = x.tensor();
  return is_floating(t.dtype()) ? t : t.to(DType::kF32);
}

/// x * f(y), 0 where x is 0 and y a number.
Tensor times_log(A& a, Tensor (*f)(const Operand&)) {
  const Tensor x = real_of(a.operand()), y = real_of(a.operand(1, "other"));
  const Tensor nothing = logical_and(equal(x, 0), logical_not(is_nan(y)));
  return where(nothing, full({}, 0, x.dtype()), x * f(where(nothing, full({}, 1, y.dtype()), y)));
}

Tensor close(A& a) {
  const Tensor x = a.tensor(), y = a.tensor(1, "other");
  const bool equal_nan = a.flag(4, "equal_nan", false);
  const double relative = a.number(2, "rtol", 1e-5), absolute = a.number(3, "atol", 1e-8);
  if (!is_floating(x.dtype())) {
    if (relative == 0 && absolute == 0) return equal(x, y);
    const Tensor size = x.dtype() == DType::kBool ? y.to(DType::kF32) : abs(y).to(DType::kF32);
    const Tensor away = x.dtype() == DType::kBool ? logical_xor(x, y).to(DType::kF32) : abs(x - y).to(DType::kF32);
    return away <= absolute + relative * size;
  }
  Tensor same = logical_or(equal(x, y), logical_and(abs(x - y) <= absolute + abs(relative * y), abs(x - y) < kInfinity));
  return equal_nan ? logical_or(same, logical_and(is_nan(x), is_nan(y))) : same;
}

Tensor numbered(A& a) {
  const Tensor x = a.tensor();
  if (!is_floating(x.dtype())) return x.clone();
  const double largest = x.dtype() == DType::kF64   ? std::numeric_limits<double>::max()
                         : x.dtype() == DType::kF32 ? std::numeric_limits<float>::max()
                                                    : throw Unsupported("the largest number of this type");
  const Tensor zero = full({}, a.number(1, "nan", 0), x.dtype());
  const Tensor high = full({}, a.number(2, "posinf", largest), x.dtype()), low = full({}, a.number(3, "neginf", -largest), x.dtype());
  return where(is_nan(x), zero, where(equal(x, kInfinity), high, where(equal(x, -kInfinity), low, x)));
}

Tensor rounded(A& a) {
  const auto decimals = static_cast<int>(a.integer(1, "decimals", 0));
  if (decimals == 0) return round(a.operand());
  const double scale = std::pow(10.0, std::abs(decimals));
  return decimals > 0 ? round(a.tensor() * scale) / scale : round(a.tensor() / scale) * scale;
}

Tensor entropy(const Operand& operand) {
  const Tensor x = real_of(operand);
  const Tensor inside = x > 0;
  const Tensor value = -x * log(where(inside, x, full({}, 1, x.dtype())));
  return where(logical_or(inside, is_nan(x)), value, where(equal(x, 0), full({}, 0, x.dtype()), full({}, -kInfinity, x.dtype())));
}

/// Torch's polygamma of order 1, which is also the gradient of its digamma, has nine digits.
Tensor derivative(A& a) {
  if (a.integer(1, "n") == 1) throw Unsupported("what torch knows to nine digits");
  return polygamma(static_cast<int>(a.integer(1, "n")), a.operand());
}

/// log of the gamma function of p dimensions.
Tensor multivariate(A& a) {
  const auto p = static_cast<int>(a.integer(1, "p"));
  const Tensor x = real_of(a.operand());
  Tensor total = lgamma(x);
  for (int i = 1; i < p; i++) total = total + lgamma(x - 0.5 * i);
  return total + 0.25 * p * (p - 1) * std::log(std::numbers::pi);
}

std::vector<Entry> arithmetic() {
  return {
      {"add", plus, Made::kHere},
      {"sub", minus, Made::kHere},
      {"rsub", reverse_minus, Made::kHere},
      {"mul", [](A& a) { return a.operand() * a.operand(1, "other"); }},
      {"true_divide", [](A& a) { return a.operand() / a.operand(1, "other"); }},
      {"div:no_rounding_mode", divided},
      {"div:trunc_rounding", divided, Made::kHere},
      {"div:floor_rounding", divided},
      {"addcmul", [](A& a) { return addcmul(a.tensor(), a.tensor(1), a.tensor(2), value_of(a)); }, Made::kComposite},
      {"addcdiv", [](A& a) { return addcdiv(a.tensor(), a.tensor(1), a.tensor(2), value_of(a)); }, Made::kComposite},
      {"__radd__", [](A& a) { return a.operand(1, "other") + a.operand(); }},
      {"__rmul__", [](A& a) { return a.operand(1, "other") * a.operand(); }},
      {"__rsub__", [](A& a) { return a.operand(1, "other") - a.operand(); }},
      {"__rdiv__", [](A& a) { return a.operand(1, "other") / a.operand(); }},
      swapped("__rpow__", pow),
      swapped("__rmod__", remainder),
      swapped("__rand__", bitwise_and),
      swapped("__ror__", bitwise_or),
      swapped("__rxor__", bitwise_xor),
      binary("atan2", atan2),
      binary("floor_divide", floor_divide),
      binary("remainder", remainder),
      binary("fmod", fmod),
      binary("maximum", maximum),
      binary("minimum", minimum),
      binary("max:binary", maximum),
      binary("min:binary", minimum),
      binary("fmax", number_max, Made::kHere),
      binary("fmin", number_min, Made::kHere),
      binary("bitwise_and", bitwise_and),
      binary("bitwise_or", bitwise_or),
      binary("bitwise_xor", bitwise_xor),
      binary("bitwise_left_shift", shift_left),
      binary("bitwise_right_shift", shift_right),
      unary("bitwise_not", bitwise_not),
      {"clamp", clamped},
      {"clamp_max", clamped_above},
      {"clamp_min", clamped_below},
      {"copysign", [](A& a) { return with_sign(a.operand(), a.operand(1, "other")); }, Made::kHere},
      {"pow", [](A& a) { return pow(a.operand(), a.operand(1, "exponent")); }},
      {"float_power", [](A& a) { return pow(a.tensor().to(DType::kF64), a.operand(1, "exponent").tensor().to(DType::kF64)); }},
      {"ldexp", [](A& a) { return a.operand() * pow(2.0F, a.operand(1, "other").tensor()); }, Made::kHere},
      {"lerp", [](A& a) { return lerp(a.tensor(), a.tensor(1, "end"), a.operand(2, "weight")); }, Made::kComposite},
      binary("hypot", hypot, Made::kComposite),
      {"heaviside",
       [](A& a) {
         if (a.tensor().dtype() == DType::kBool) throw Unsupported("steps of bools");
         return heaviside(a.operand(), a.operand(1, "values"));
       },
       Made::kComposite},
      binary("xlogy", xlogy, Made::kComposite),
      {"special.xlog1py", [](A& a) { return times_log(a, log1p); }, Made::kHere},
      binary("logaddexp", logaddexp, Made::kComposite),
      {"logaddexp2", [](A& a) { return logaddexp(a.tensor() * std::numbers::ln2, a.tensor(1) * std::numbers::ln2) / std::numbers::ln2; },
       Made::kHere},
      {"where", [](A& a) { return where(a.tensor(1), a.operand(), a.operand(2)); }},
  };
}

std::vector<Entry> comparisons() {
  return {
      binary("eq", equal),
      binary("ne", not_equal),
      {"lt", [](A& a) { return a.operand() < a.operand(1, "other"); }},
      {"le", [](A& a) { return a.operand() <= a.operand(1, "other"); }},
      {"gt", [](A& a) { return a.operand() > a.operand(1, "other"); }},
      {"ge", [](A& a) { return a.operand() >= a.operand(1, "other"); }},
      {"equal", [](A& a) { return equal(sum(not_equal(a.tensor(), a.tensor(1))), 0); }},
      {"isclose", close, Made::kHere},
      binary("logical_and", logical_and),
      binary("logical_or", logical_or),
      binary("logical_xor", logical_xor),
      unary("logical_not", logical_not),
      unary("isnan", is_nan),
      {"isinf", [](A& a) { return equal(abs(real_of(a.operand())), kInfinity); }},
      {"isfinite", [](A& a) { return abs(real_of(a.operand())) < kInfinity; }},
      {"isposinf", [](A& a) { return equal(real_of(a.operand()), kInfinity); }},
      {"isneginf", [](A& a) { return equal(real_of(a.operand()), -kInfinity); }},
      {"isreal", [](A& a) { return logical_or(equal(a.operand(), a.operand()), is_nan(a.operand())); }},
      unary("signbit", has_sign),
  };
}

std::vector<Entry> functions() {
  return {
      unary("abs", abs),
      unary("acos", acos),
      unary("acosh", acosh),
      unary("asin", asin),
      unary("asinh", asinh),
      unary("atan", atan),
      unary("atanh", atanh),
      unary("ceil", ceil),
      unary("cos", cos),
      unary("cosh", cosh),
      {"deg2rad", [](A& a) { return a.operand() * (std::numbers::pi / 180); }},
      {"rad2deg", [](A& a) { return a.operand() * (180 / std::numbers::pi); }},
      {"digamma", [](A& a) { return digamma(a.tensor().detach()); }},
      {"special.polygamma:special_polygamma_n_0", derivative},
      {"polygamma:polygamma_n_0", derivative},
      {"polygamma:polygamma_n_1", derivative},
      {"polygamma:polygamma_n_2", derivative},
      {"polygamma:polygamma_n_3", derivative},
      {"polygamma:polygamma_n_4", derivative},
      {"mvlgamma:mvlgamma_p_1", multivariate, Made::kHere},
      {"mvlgamma:mvlgamma_p_3", multivariate, Made::kHere},
      {"mvlgamma:mvlgamma_p_5", multivariate, Made::kHere},
      unary("erf", erf),
      unary("erfc", erfc),
      unary("erfinv", erfinv),
      unary("exp", exp),
      unary("exp2", exp2, Made::kComposite),
      unary("expm1", expm1),
      unary("floor", floor),
      {"frac", [](A& a) { return a.tensor() - trunc(a.operand()); }},
      unary("lgamma", lgamma),
      unary("log", log),
      unary("log10", log10, Made::kComposite),
      unary("log1p", log1p),
      unary("log2", log2, Made::kComposite),
      {"logit", [](A& a) { return logit(a.operand(), a.number(1, "eps", 0)); }, Made::kComposite},
      {"nan_to_num", numbered},
      {"neg", [](A& a) { return -a.operand(); }},
      unary("reciprocal", reciprocal),
      {"round", rounded},
      {"round:decimals_0", rounded},
      {"round:decimals_3", rounded, Made::kHere},
      {"round:decimals_neg_3", rounded, Made::kHere},
      unary("rsqrt", rsqrt),
      unary("sigmoid", sigmoid),
      unary("sign", sign),
      unary("sin", sin),
      unary("sinh", sinh),
      unary("special.entr", entropy, Made::kHere),
      unary("sqrt", sqrt),
      {"square",
       [](A& a) {
         if (a.tensor().dtype() == DType::kBool) throw Unsupported("an integer as the square of a bool");
         return square(a.operand());
       }},
      unary("tan", tan),
      unary("tanh", tanh),
      unary("trunc", trunc),
      {"positive", [](A& a) { return a.tensor(); }},
      {"conj", [](A& a) { return a.tensor(); }},
      {"conj_physical", [](A& a) { return a.tensor(); }},
      {"real", [](A& a) { return a.tensor(); }},
      {"resolve_conj", [](A& a) { return a.tensor(); }},
      {"resolve_neg", [](A& a) { return a.tensor(); }},
      conversion("double", DType::kF64),
      conversion("float", DType::kF32),
      conversion("half", DType::kF16),
      conversion("bfloat16", DType::kBF16),
      conversion("long", DType::kI64),
      conversion("int", DType::kI32),
      conversion("short", DType::kI16),
      conversion("char", DType::kI8),
      conversion("byte", DType::kU8),
      conversion("bool", DType::kBool),
  };
}

}  // namespace

std::vector<Entry> pointwise_entries() {
  std::vector<Entry> entries = arithmetic();
  for (std::vector<Entry> more : {comparisons(), functions()}) entries.insert(entries.end(), more.begin(), more.end());
  return entries;
}

}  // namespace argent::tensor::opinfo
