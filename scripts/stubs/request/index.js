module.exports = () => {
  throw new Error("stub");
};
