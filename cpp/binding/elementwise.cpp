// What goes over arrays once, for Python.
#include "../core/elementwise.hpp"
#include "binding.hpp"

namespace convstep {
namespace {

void one(nb::module_& m, const char* name, Map what) {
  m.def(name, [what](const In& x, const Out& y) {
    run(y, [&](auto zero) {
      using T = decltype(zero);
      map<T>(what, y.elements(), x.as<T>(), nullptr, y.as<T>());
    });
  });
}

void two(nb::module_& m, const char* name, Map what) {
  m.def(name, [what](const In& a, const In& b, const Out& out) {
    run(out, [&](auto zero) {
      using T = decltype(zero);
      map(what, out.elements(), a.as<T>(), b.as<T>(), out.as<T>());
    });
  });
}

}  // namespace

// Each takes its arrays, the result last. Steps change their arrays in place; what they take beside them comes after.
void bind_elementwise(nb::module_& m) {
  one(m, "relu", Map::relu);
  one(m, "leaky_relu", Map::leaky_relu);
  one(m, "relu6", Map::relu6);
  two(m, "relu_backward", Map::relu_backward);
  two(m, "leaky_relu_backward", Map::leaky_relu_backward);
  two(m, "relu6_backward", Map::relu6_backward);
  two(m, "add", Map::add);
  two(m, "add_relu", Map::add_relu);
  two(m, "add_leaky_relu", Map::add_leaky_relu);
  two(m, "add_relu6", Map::add_relu6);
  m.def("sgd_update", [](const Out& params, const In& grads, nb::handle velocity, double rate, double momentum, bool nesterov,
                         double weight_decay) {
    std::optional<Out> moving;
    if (!velocity.is_none()) moving.emplace(velocity);
    run(params, [&](auto zero) {
      using T = decltype(zero);
      sgd<T>({params.as<T>(), grads.as<T>(), moving ? moving->as<T>() : nullptr, params.elements(), T(rate), T(momentum),
              T(weight_decay), nesterov});
    });
  }, nb::arg("params"), nb::arg("grads"), nb::arg("velocity").none(), nb::arg("rate"), nb::arg("momentum"), nb::arg("nesterov"),
     nb::arg("weight_decay"));
  m.def("adam_update", [](const Out& params, const In& grads, const Out& mean, const Out& square, double rate, double beta1,
                          double beta2, double correction, double epsilon, double weight_decay, double keep) {
    run(params, [&](auto zero) {
      using T = decltype(zero);
      adam<T>({params.as<T>(), grads.as<T>(), mean.as<T>(), square.as<T>(), params.elements(), T(rate), T(beta1), T(1 - beta1),
               T(beta2), T(1 - beta2), T(correction), T(epsilon), T(weight_decay), T(keep)});
    });
  });
}

}  // namespace convstep
